package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.internal.direct.Arrival;
import io.gripstream.eventstream.internal.direct.DirectStreams;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.Admission;
import io.gripstream.eventstream.internal.feed.Admissions;
import io.gripstream.eventstream.internal.feed.ReadRequest;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.proxied.ProxiedStreams;
import io.gripstream.eventstream.internal.sse.Condition;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.ProxyTrust;
import io.gripstream.grip.internal.PercentText;
import io.gripstream.grip.internal.Seldom;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles a client's own request: asks for user and channels, decides whether the stream is granted
 * and where it begins, and chooses the mode that answers. Thread-safe.
 */
public final class StreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StreamHandler.class);

  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final Application application;
  private final StreamHeaders headers;
  private final ProxyTrust trust;
  private final Admissions admissions;
  private final InitialReading initialReading;
  private final Mode proxied;
  private final DirectStreams direct;
  private final Seldom failures = new Seldom(System::nanoTime);

  public StreamHandler(
      Application application,
      ProxyTrust trust,
      Admissions admissions,
      InitialReading initialReading,
      ProxiedStreams proxied,
      DirectStreams direct) {
    this.application = application;
    this.headers = new StreamHeaders(application.cors());
    this.trust = trust;
    this.admissions = admissions;
    this.initialReading = initialReading;
    this.proxied = new ProxiedMode(proxied);
    this.direct = direct;
  }

  /** Whose pages may read. */
  Cors cors() {
    return application.cors();
  }

  void open(StreamExchange exchange, Route route) {
    headers.write(exchange);
    if (hasBody(exchange)) {
      // The rest of the body may never arrive, and the connection becomes the stream's.
      exchange.setHeader("Connection", "close");
      text(exchange, 400, "A request for a stream must not have a body.\n");
      return;
    }
    try {
      String user = application.user().apply(exchange);
      if (Forwarded.read(exchange, trust).isProxied()) {
        open(exchange, route, user, proxied);
        return;
      }
      try (Arrival arrival = direct.arrive(exchange, user)) {
        if (arrival != null) {
          open(exchange, route, user, new DirectMode(arrival));
        }
      }
    } catch (StoreException e) {
      failures.perhaps(leftOut -> LOG.warn(
          "A stream request got internal-error because the storage does not answer: {}{}",
          e.getMessage(),
          Seldom.more(leftOut)));
      refuseWithInternalError(exchange);
    } catch (RuntimeException | Error e) {
      LOG.error("A stream request failed and got internal-error", e);
      refuseWithInternalError(exchange);
    }
  }

  private static boolean hasBody(StreamExchange exchange) {
    String length = exchange.header("Content-Length");
    return (length != null && !length.strip().matches("0+"))
        || exchange.header("Transfer-Encoding") != null;
  }

  private void open(StreamExchange exchange, Route route, @Nullable String user, Mode mode) {
    String undecodable = PercentText.undecodable(exchange.queryString(), route::reads);
    if (undecodable != null) {
      application.metrics().refused();
      refuse(
          exchange,
          Condition.BAD_REQUEST,
          "Invalid request: query parameter " + undecodable + " is not percent-encoded UTF-8.",
          List.of());
      return;
    }
    String asked = last(exchange, List.of(Route.REWIND));
    if (asked != null && !asked.matches("[0-9]{1,18}")) {
      application.metrics().refused();
      refuse(
          exchange,
          Condition.BAD_REQUEST,
          "Invalid request: rewind must be a whole number, 0 or more.",
          List.of());
      return;
    }
    OptionalInt rewind = asked == null
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.min(ChannelRules.MAX_REWIND, Long.parseLong(asked)));
    Admission admission = admissions.admit(
        readRequest(exchange, route, user),
        channel -> application.manager().canSubscribe(exchange, user, channel));
    if (admission instanceof Admission.Granted granted) {
      if (mode.refuses(exchange, granted.subscription())) {
        application.metrics().refused();
      } else {
        grant(exchange, granted, mode, channel -> rewind.orElse(rewind(route, channel)));
      }
    } else if (admission instanceof Admission.Refused refused) {
      application.metrics().refused();
      refuse(exchange, refused.condition(), refused.text(), refused.channels());
    } else if (admission instanceof Admission.NotAgain notAgain) {
      text(exchange, 400, notAgain.text());
    }
  }

  private ReadRequest readRequest(StreamRequest request, Route route, @Nullable String user) {
    return new ReadRequest(
        application.manager().channels(request, route.channels().apply(request)),
        user,
        application.expiry().apply(request),
        application.grants().of(request),
        lastEventId(request));
  }

  /** The number of past events of a channel if the client gives none. */
  private int rewind(Route route, String channel) {
    return route.rewind().orElse(admissions.rewind(channel));
  }

  private void grant(
      StreamExchange exchange, Admission.Granted granted, Mode mode, ToIntFunction<String> rewind) {
    StreamStart start = initialReading.read(exchange, granted, rewind);
    start.resets().forEach((channel, reason) -> application.metrics().reset());
    application.metrics().opened(mode.counted(), !start.isNew());
    mode.open(exchange, start);
  }

  void head(StreamExchange exchange) {
    headers.write(exchange);
  }

  void preflight(StreamExchange exchange) {
    CorsHeaders.writePreflight(application.cors(), exchange);
    exchange.setHeader("Allow", METHODS);
    exchange.status(204);
  }

  void notAllowed(StreamExchange exchange) {
    CorsHeaders.write(application.cors(), exchange);
    exchange.setHeader("Allow", METHODS);
    text(exchange, 405, "Streams are read with GET.\n");
  }

  static void text(StreamExchange exchange, int status, String text) {
    exchange.status(status);
    exchange.setHeader("Content-Type", "text/plain; charset=utf-8");
    exchange.body(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers without details of the failure. The client reconnects. */
  static void refuseWithInternalError(StreamExchange exchange) {
    refuse(
        exchange, Condition.INTERNAL_ERROR, "The server cannot serve this stream now.", List.of());
  }

  private static void refuse(
      StreamExchange exchange, Condition condition, String text, List<String> channels) {
    FrameBuffer body = new FrameBuffer();
    Frames.error(body, condition, text, channels);
    exchange.status(200);
    exchange.body(body.toByteArray());
  }

  /** The header, else the last query parameter that is not empty. */
  private static @Nullable String lastEventId(StreamRequest request) {
    String header = request.header("Last-Event-ID");
    if (header != null && !header.isEmpty()) {
      return header;
    }
    return last(request, Route.LAST_EVENT_ID);
  }

  /** The last query parameter of these names that is not empty. */
  private static @Nullable String last(StreamRequest request, List<String> names) {
    String last = null;
    for (String name : names) {
      for (String value : request.queryParams(name)) {
        last = value.isEmpty() ? last : value;
      }
    }
    return last;
  }
}
