package io.gripstream.eventstream;

import io.gripstream.eventstream.StreamMetrics.Mode;
import io.gripstream.eventstream.internal.direct.Arrival;
import io.gripstream.eventstream.internal.direct.DirectStreams;
import io.gripstream.eventstream.internal.feed.Admission;
import io.gripstream.eventstream.internal.feed.Admissions;
import io.gripstream.eventstream.internal.feed.Asked;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.proxied.ProxiedStreams;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.javalin.JavalinRequests;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.internal.PercentText;
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
  private final Function<StreamRequest, @Nullable String> user;
  private final Function<StreamRequest, @Nullable Instant> expiry;
  private final Grants grants;
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
    this.grants = config.grants;
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
    if (ctx.req().getContentLengthLong() > 0 || ctx.header("Transfer-Encoding") != null) {
      // It may never come, and the connection is to be the stream's.
      ctx.status(400)
          .header("Connection", "close")
          .contentType("text/plain; charset=utf-8")
          .result("A request for a stream has no body.\n");
      return;
    }
    try {
      String who = user.apply(JavalinRequests.of(ctx));
      if (Forwarded.read(ctx, trust).proxied()) {
        open(ctx, route, who, Mode.PROXIED, proxied::open);
        return;
      }
      DirectStreams streams = direct.get();
      if (streams.refuses(ctx, who)) {
        return;
      }
      try (Arrival arrival = streams.arriving(who)) {
        open(
            ctx,
            route,
            who,
            Mode.DIRECT,
            (request, subscription, start, opening) ->
                streams.open(request, subscription, start, opening, arrival));
      }
    } catch (StoreException e) {
      LOG.warn(
          "A stream request got internal-error because the storage does not answer: {}",
          e.getMessage());
      refuseWithInternalError(ctx);
    } catch (RuntimeException | Error e) {
      LOG.error("A stream request failed and got internal-error", e);
      refuseWithInternalError(ctx);
    }
  }

  /** How an admitted stream is answered. */
  private interface Answer {
    void open(Context ctx, Subscription subscription, Start start, byte[] opening);
  }

  private void open(
      Context ctx, StreamRoutes.Route route, @Nullable String who, Mode mode, Answer answer) {
    String undecodable = PercentText.undecodable(ctx.queryString(), route::reads);
    if (undecodable != null) {
      metrics.refused();
      refuse(
          ctx,
          Condition.BAD_REQUEST,
          "Invalid request: query parameter " + undecodable + " is not percent-encoded UTF-8.",
          List.of());
      return;
    }
    Admission admission = admissions.admit(
        asked(ctx, route, who),
        channel -> manager.canSubscribe(JavalinRequests.of(ctx), who, channel));
    if (admission instanceof Admission.Granted granted) {
      if (mode == Mode.PROXIED && proxied.refuses(ctx, granted.subscription())) {
        metrics.refused();
      } else {
        grant(ctx, granted, mode, answer);
      }
    } else if (admission instanceof Admission.Refused refused) {
      metrics.refused();
      refuse(ctx, refused.condition(), refused.text(), refused.channels());
    } else if (admission instanceof Admission.NotAgain notAgain) {
      ctx.status(400).contentType("text/plain; charset=utf-8").result(notAgain.text());
    }
  }

  private Asked asked(Context ctx, StreamRoutes.Route route, @Nullable String who) {
    StreamRequest request = JavalinRequests.of(ctx);
    return new Asked(
        manager.channels(request, route.channels().apply(request)),
        who,
        expiry.apply(request),
        grants.of(request),
        lastEventId(ctx));
  }

  private void grant(Context ctx, Admission.Granted granted, Mode mode, Answer answer) {
    InitialReading.Beginning begin = initialReading.read(JavalinRequests.of(ctx), granted);
    granted.start().resets().forEach((channel, reason) -> metrics.reset());
    metrics.opened(mode, !granted.start().isNew());
    answer.open(ctx, granted.subscription(), begin.start(), begin.opening());
  }

  void head(Context ctx) {
    headers.write(ctx);
  }

  void preflight(Context ctx) {
    cors.preflight(ctx);
    ctx.header("Allow", METHODS).status(204);
  }

  void notAllowed(Context ctx) {
    cors.apply(ctx);
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
    for (String name : StreamRoutes.LAST_EVENT_ID) {
      for (String value : ctx.queryParams(name)) {
        last = value.isEmpty() ? last : value;
      }
    }
    return last;
  }
}
