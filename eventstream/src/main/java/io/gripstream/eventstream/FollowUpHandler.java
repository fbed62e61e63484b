package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.proxied.ProxiedStreams;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.GripSig;
import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.internal.Seldom;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a proxy asks on its own, for streams that it holds: is it really the proxy who asks?
 * Thread-safe.
 */
final class FollowUpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FollowUpHandler.class);

  /** What a client may send, and a proxy that asks on its own never does. */
  private static final List<String> CLIENTS_OWN =
      List.of("Cookie", "Authorization", "Last-Event-ID");

  private final StreamMetrics metrics;
  private final StreamHeaders headers;
  private final ProxyTrust trust;
  private final ProxiedStreams proxied;
  private final Supplier<@Nullable String> servedAt;
  private final Seldom refusals = new Seldom(System::nanoTime);

  /** @param servedAt the path under which we serve streams, once that is known */
  FollowUpHandler(
      EventStreamConfig config,
      ProxyTrust trust,
      ProxiedStreams proxied,
      Supplier<@Nullable String> servedAt) {
    this.metrics = config.metrics;
    this.headers = new StreamHeaders(config.cors);
    this.trust = trust;
    this.proxied = proxied;
    this.servedAt = servedAt;
  }

  /** On behalf of its clients: the link that an earlier answer gave it. */
  void followUp(Context ctx) {
    metrics.followUp();
    headers.write(ctx);
    ctx.status(200).result(new byte[0]);
    GripRequest grip = Forwarded.read(ctx, trust);
    try {
      String refusal = refusal(ctx, grip);
      if (refusal != null) {
        refusals.perhaps(leftOut -> LOG.info(
            "A follow-up link from {} is refused, and its streams end: {}{}",
            ctx.ip(),
            refusal,
            Seldom.more(leftOut)));
      }
    } catch (RuntimeException | Error e) {
      LOG.error("A follow-up failed, and its streams end with internal-error", e);
      StreamHandler.refuseWithInternalError(ctx);
    }
  }

  /** Answers a follow-up, or says why it is none. */
  private @Nullable String refusal(Context ctx, GripRequest grip) {
    if (!grip.proxied()) {
      GripSig.Invalid refusal = grip.refusal();
      return "it does not come from a proxy" + (refusal == null ? "" : ": " + refusal.detail());
    }
    for (String name : CLIENTS_OWN) {
      if (ctx.header(name) != null) {
        return "it has the header " + name + ", so a client sent it through the proxy";
      }
    }
    return proxied.followUp(ctx, grip, ctx.pathParam("token")).orElse(null);
  }

  boolean isFollowUp(Context ctx) {
    String path = ctx.path();
    return ProxiedStreams.mayBeOurs(path)
        && Forwarded.read(ctx, trust).proxied()
        && proxied.isOurs(path, servedAt.get());
  }

  /** Our own stream of control channels, which comes back to us through the proxy. */
  void keep(Context ctx) {
    headers.write(ctx);
    if (!Forwarded.read(ctx, trust).proxied() || !proxied.keep(ctx, ctx.pathParam("token"))) {
      ctx.status(404).contentType("text/plain; charset=utf-8").result("Not found\n");
    }
  }
}
