package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.proxied.ProxiedStreams;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.GripSig;
import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.internal.Seldom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests that a proxy makes by itself for streams that it holds, after a check that
 * they come from the proxy. Thread-safe.
 */
public final class FollowUpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FollowUpHandler.class);

  /** Headers that only a client sends, never a proxy by itself. */
  private static final List<String> CLIENTS_OWN =
      List.of("Cookie", "Authorization", "Last-Event-ID");

  private final StreamMetrics metrics;
  private final StreamHeaders headers;
  private final ProxyTrust trust;
  private final ProxiedStreams proxied;
  private final Seldom refusals = new Seldom(System::nanoTime);
  private volatile @Nullable String servedAt;

  public FollowUpHandler(
      StreamMetrics metrics, Cors cors, ProxyTrust trust, ProxiedStreams proxied) {
    this.metrics = metrics;
    this.headers = new StreamHeaders(cors);
    this.trust = trust;
    this.proxied = proxied;
  }

  /** Tells the path of streams, without parameters; null: there is none. */
  public void servedAt(@Nullable String path) {
    servedAt = path;
  }

  /** Answers a follow-up link that an earlier answer gave to the proxy. */
  void followUp(StreamExchange exchange) {
    metrics.followUp();
    headers.write(exchange);
    GripRequest grip = Forwarded.read(exchange, trust);
    try {
      String refusal = refusal(exchange, grip);
      if (refusal != null) {
        refusals.perhaps(leftOut -> LOG.info(
            "A follow-up link from {} is refused, and its streams end: {}{}",
            exchange.clientAddress(),
            refusal,
            Seldom.more(leftOut)));
      }
    } catch (RuntimeException | Error e) {
      LOG.error("A follow-up failed, and its streams end with internal-error", e);
      StreamHandler.refuseWithInternalError(exchange);
    }
  }

  /** Whether proxies report the ends of streams. */
  boolean areClosed() {
    return proxied.areClosed();
  }

  /** Takes note of a client that has left, from the proxy that held its stream. */
  void gone(StreamExchange exchange) {
    GripRequest grip = Forwarded.read(exchange, trust);
    boolean isOurs = !isOfClient(exchange, grip) && proxied.gone(exchange.pathParam("token"));
    if (!isOurs) {
      StreamHandler.text(exchange, 404, "Not found\n");
    }
  }

  private static boolean isOfClient(StreamExchange exchange, GripRequest grip) {
    return !grip.isProxied()
        || CLIENTS_OWN.stream().anyMatch(name -> exchange.header(name) != null);
  }

  /** Answers a follow-up, or returns why it is not one. */
  private @Nullable String refusal(StreamExchange exchange, GripRequest grip) {
    if (!grip.isProxied()) {
      GripSig.Invalid refusal = grip.refusal();
      return "it does not come from a proxy" + (refusal == null ? "" : ": " + refusal.detail());
    }
    for (String name : CLIENTS_OWN) {
      if (exchange.header(name) != null) {
        return "it has the header " + name + ", so a client sent it through the proxy";
      }
    }
    return proxied.followUp(exchange, grip, exchange.pathParam("token")).orElse(null);
  }

  public boolean isFollowUp(StreamRequest request) {
    String path = request.path();
    return ProxiedStreams.mayBeOurs(path)
        && Forwarded.read(request, trust).isProxied()
        && proxied.isOurs(path, servedAt);
  }

  /** Answers this application's own stream of kick channels, which comes back through the proxy. */
  void keep(StreamExchange exchange) {
    headers.write(exchange);
    if (!Forwarded.read(exchange, trust).isProxied()
        || !proxied.keep(exchange, exchange.pathParam("token"))) {
      StreamHandler.text(exchange, 404, "Not found\n");
    }
  }
}
