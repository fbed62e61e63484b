package io.gripstream.eventstream;

import io.gripstream.eventstream.StreamMetrics.Mode;
import io.gripstream.eventstream.direct.DirectStreams;
import io.gripstream.eventstream.feed.Admission;
import io.gripstream.eventstream.feed.Admissions;
import io.gripstream.eventstream.feed.Asked;
import io.gripstream.eventstream.proxied.ProxiedStreams;
import io.gripstream.eventstream.proxied.ProxyTrust;
import io.gripstream.eventstream.sse.Condition;
import io.gripstream.eventstream.sse.FrameBuffer;
import io.gripstream.eventstream.sse.Frames;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's own request, from Javalin to the mode that answers it: who asks for what, is it
 * granted, where does it begin, is there a proxy. Thread-safe.
 */
final class StreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StreamHandler.class);

  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final StreamMetrics metrics;
  private final ChannelManager manager;
  private final Function<Context, @Nullable String> user;
  private final Function<Context, @Nullable Instant> expiry;
  private final Cors cors;
  private final StreamHeaders headers;
  private final ProxyTrust trust;
  private final Admissions admissions;
  private final InitialReading initialReading;
  private final ProxiedStreams proxied;
  private final Supplier<DirectStreams> direct;

  StreamHandler(
      EventStreamConfig config,
      ProxyTrust trust,
      Admissions admissions,
      InitialReading initialReading,
      ProxiedStreams proxied,
      Supplier<DirectStreams> direct) {
    this.metrics = config.metrics;
    this.manager = config.channels;
    this.user = config.user;
    this.expiry = config.expiry;
    this.cors = config.cors;
    this.headers = new StreamHeaders(config.cors);
    this.trust = trust;
    this.admissions = admissions;
    this.initialReading = initialReading;
    this.proxied = proxied;
    this.direct = direct;
  }

  void open(Context ctx, StreamRoutes.Route route) {
    headers.write(ctx);
    try {
      String who = user.apply(ctx);
      Mode mode = trust.read(ctx).proxied() ? Mode.PROXIED : Mode.DIRECT;
      if (mode == Mode.DIRECT && direct.get().refuses(ctx, who)) {
        return;
      }
      Admission admission = admissions.admit(
          asked(ctx, route, who), channel -> manager.canSubscribe(ctx, who, channel));
      if (admission instanceof Admission.Granted granted) {
        grant(ctx, granted, mode);
      } else if (admission instanceof Admission.Refused refused) {
        metrics.refused();
        refuse(ctx, refused.condition(), refused.text(), refused.channels());
      } else if (admission instanceof Admission.NotAgain notAgain) {
        ctx.status(400).contentType("text/plain; charset=utf-8").result(notAgain.text());
      }
    } catch (RuntimeException e) {
      LOG.error("A stream request failed and is refused with internal-error", e);
      refuseWithInternalError(ctx);
    }
  }

  private Asked asked(Context ctx, StreamRoutes.Route route, @Nullable String who) {
    return new Asked(
        manager.channels(ctx, route.channels().apply(ctx)),
        who,
        expiry.apply(ctx),
        lastEventId(ctx));
  }

  private void grant(Context ctx, Admission.Granted granted, Mode mode) {
    InitialReading.Beginning begin = initialReading.read(ctx, granted);
    granted.start().resets().forEach((channel, reason) -> metrics.reset());
    metrics.opened(mode, !granted.start().isNew());
    switch (mode) {
      case PROXIED -> proxied.open(ctx, granted.subscription(), begin.start(), begin.opening());
      case DIRECT -> direct.get().open(ctx, granted.subscription(), begin.start(), begin.opening());
    }
  }

  void head(Context ctx) {
    headers.write(ctx);
  }

  void preflight(Context ctx) {
    cors.preflight(ctx);
    ctx.header("Allow", METHODS).status(204);
  }

  void notAllowed(Context ctx) {
    ctx.header("Allow", METHODS)
        .status(405)
        .contentType("text/plain; charset=utf-8")
        .result("Streams are read with GET.\n");
  }

  /** Says nothing of what went wrong; the client comes back. */
  static void refuseWithInternalError(Context ctx) {
    refuse(ctx, Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of());
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
