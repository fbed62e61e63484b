package io.gripstream.eventstream;

import io.gripstream.eventstream.StreamMetrics.Mode;
import io.gripstream.eventstream.direct.DirectStreams;
import io.gripstream.eventstream.feed.Admission;
import io.gripstream.eventstream.feed.Admissions;
import io.gripstream.eventstream.feed.Asked;
import io.gripstream.eventstream.feed.History;
import io.gripstream.eventstream.feed.Opening;
import io.gripstream.eventstream.feed.Start;
import io.gripstream.eventstream.proxied.ProxiedStreams;
import io.gripstream.eventstream.proxied.ProxyTrust;
import io.gripstream.eventstream.sse.Condition;
import io.gripstream.eventstream.sse.FrameBuffer;
import io.gripstream.eventstream.sse.Frames;
import io.gripstream.grip.GripRequest;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream request, from Javalin to the mode that answers it: who asks for what, is it granted,
 * where does it begin, is there a proxy. Thread-safe.
 */
final class StreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StreamHandler.class);

  /** How often the position may move while an application reads its initial events. */
  private static final int INITIAL_ATTEMPTS = 3;

  /** What a client may send, and a proxy that asks on its own never does. */
  private static final List<String> CLIENTS_OWN =
      List.of("Cookie", "Authorization", "Last-Event-ID");

  private final StreamMetrics metrics;
  private final ChannelManager manager;
  private final Function<Context, @Nullable String> user;
  private final Function<Context, @Nullable Instant> expiry;
  private final Cors cors;
  private final ProxyTrust trust;
  private final Admissions admissions;
  private final History history;
  private final ProxiedStreams proxied;
  private final Supplier<DirectStreams> direct;

  StreamHandler(
      EventStreamConfig config,
      ProxyTrust trust,
      Admissions admissions,
      History history,
      ProxiedStreams proxied,
      Supplier<DirectStreams> direct) {
    this.metrics = config.metrics;
    this.manager = config.channels;
    this.user = config.user;
    this.expiry = config.expiry;
    this.cors = config.cors;
    this.trust = trust;
    this.admissions = admissions;
    this.history = history;
    this.proxied = proxied;
    this.direct = direct;
  }

  /** A client's own request. */
  void open(Context ctx, StreamRoutes.Route route) {
    headers(ctx);
    try {
      Admission admission = admit(ctx, route);
      if (admission instanceof Admission.Granted granted) {
        List<InitialEvent> initial = List.of();
        Start start = granted.start();
        if (start.isNew() || !start.resets().isEmpty()) {
          for (int attempt = 1; ; attempt++) {
            initial = manager.initialEvents(
                ctx, granted.subscription().user(), granted.subscription().channels());
            // Nothing to tell, or nothing happened meanwhile: what was read belongs to the
            // position.
            if (initial.isEmpty() || attempt == INITIAL_ATTEMPTS) {
              break;
            }
            Start now = history.atHead(granted.subscription(), start);
            if (now.position().equals(start.position())) {
              break;
            }
            start = now;
          }
        }
        byte[] opening = Opening.bytes(start, initial);
        start.resets().forEach((channel, reason) -> metrics.reset());
        boolean isProxied = trust.read(ctx).proxied();
        metrics.opened(isProxied ? Mode.PROXIED : Mode.DIRECT, !granted.start().isNew());
        if (isProxied) {
          proxied.open(ctx, granted.subscription(), start, opening);
        } else {
          direct.get().open(ctx, granted.subscription(), start, opening);
        }
      } else if (admission instanceof Admission.Refused refused) {
        metrics.refused();
        refuse(ctx, refused.condition(), refused.text(), refused.channels());
      } else if (admission instanceof Admission.NotAgain notAgain) {
        ctx.status(400).contentType("text/plain; charset=utf-8").result(notAgain.text());
      }
    } catch (RuntimeException e) {
      LOG.error("A stream request failed and is refused with internal-error", e);
      refuse(ctx, Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of());
    }
  }

  private Admission admit(Context ctx, StreamRoutes.Route route) {
    String who = user.apply(ctx);
    Asked asked = new Asked(
        manager.channels(ctx, route.channels().apply(ctx)),
        who,
        expiry.apply(ctx),
        lastEventId(ctx));
    return admissions.admit(asked, channel -> manager.canSubscribe(ctx, who, channel));
  }

  /** A proxy's request on behalf of its clients. */
  void followUp(Context ctx) {
    metrics.followUp();
    headers(ctx);
    ctx.status(200).result(new byte[0]);
    GripRequest grip = trust.read(ctx);
    try {
      String refusal = followUpRefusal(ctx, grip);
      if (refusal != null) {
        LOG.info(
            "A follow-up link from {} is not honoured, and its streams end: {}", ctx.ip(), refusal);
      }
    } catch (RuntimeException e) {
      // Not 2xx: the proxy keeps its streams and tries again.
      LOG.error("A follow-up failed", e);
      ctx.status(503).result("The server cannot serve this stream now.\n");
    }
  }

  /** Answers a follow-up, or says why it is none. */
  private @Nullable String followUpRefusal(Context ctx, GripRequest grip) {
    if (!grip.proxied()) {
      return "it does not come from a proxy"
          + (grip.refusal() == null ? "" : ": " + grip.refusal());
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
    int token = path.lastIndexOf("/" + ProxiedStreams.FOLLOW_UP_SEGMENT + "/");
    return token >= 0
        && trust.read(ctx).proxied()
        && proxied.isOurs(path.substring(token + ProxiedStreams.FOLLOW_UP_SEGMENT.length() + 2));
  }

  /** Our own stream of control channels, which comes back to us through the proxy. */
  void keep(Context ctx) {
    headers(ctx);
    if (!trust.read(ctx).proxied() || !proxied.keep(ctx, ctx.pathParam("number"))) {
      ctx.status(404).contentType("text/plain; charset=utf-8").result("Not found\n");
    }
  }

  void head(Context ctx) {
    headers(ctx);
  }

  void preflight(Context ctx) {
    cors.preflight(ctx);
    ctx.header("Allow", "GET, HEAD, OPTIONS").status(204);
  }

  void notAllowed(Context ctx) {
    ctx.header("Allow", "GET, HEAD, OPTIONS")
        .status(405)
        .contentType("text/plain; charset=utf-8")
        .result("Streams are read with GET.\n");
  }

  private void headers(Context ctx) {
    ctx.contentType("text/event-stream");
    ctx.header("Cache-Control", "no-cache, no-store, private");
    ctx.header("X-Accel-Buffering", "no");
    cors.apply(ctx);
  }

  private static void refuse(Context ctx, Condition condition, String text, List<String> channels) {
    FrameBuffer body = new FrameBuffer();
    Frames.error(body, condition, text, channels);
    ctx.status(200).result(body.toByteArray());
  }

  /** The header, else the last query parameter that is not empty. */
  private static @Nullable String lastEventId(Context ctx) {
    String header = ctx.header("Last-Event-ID");
    if (header != null && !header.isEmpty()) {
      return header;
    }
    String last = null;
    for (String name : List.of("last_event_id", "lastEventId")) {
      for (String value : ctx.queryParams(name)) {
        last = value.isEmpty() ? last : value;
      }
    }
    return last;
  }
}
