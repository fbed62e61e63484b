package io.gripstream.grip.javalin;

import io.gripstream.grip.websocket.WebSocketContext;
import io.gripstream.grip.websocket.WebSocketEvents;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.Map;
import java.util.Objects;

/**
 * Makes handlers of WebSocket-over-HTTP, for a {@code POST} route behind a proxy that uses this
 * protocol (in Pushpin's routes: {@code over_http}).
 *
 * <pre>{@code
 * config.routes.post("/echo", GripWebSocket.handler((ctx, ws) -> { ... }));
 * }</pre>
 */
public final class GripWebSocket {

  private GripWebSocket() {}

  /** Handles the events of one request. */
  @FunctionalInterface
  public interface Events {

    /** Reads all messages and answers them; may throw as any handler may. */
    void handle(Context ctx, WebSocketContext ws) throws Exception;
  }

  /**
   * Makes a handler that passes on the events of each request. It answers 415 to other content
   * types and 400 to malformed events. {@link GripPlugin} has answered 403 before, if no proxy
   * forwarded the request: any client could post events.
   */
  public static Handler handler(Events events) {
    Objects.requireNonNull(events, "events");
    return ctx -> {
      if (!WebSocketContext.isFor(Grip.headers(ctx))) {
        refuse(ctx, 415, "expected " + WebSocketEvents.CONTENT_TYPE);
      } else {
        run(ctx, events);
      }
    };
  }

  private static void run(Context ctx, Events events) throws Exception {
    Grip grip = Grip.of(ctx);
    WebSocketContext ws;
    try {
      ws = WebSocketContext.read(
          Grip.headers(ctx), ctx.bodyAsBytes(), grip.prefix(), grip.metaKey());
    } catch (IllegalArgumentException e) {
      refuse(ctx, 400, String.valueOf(e.getMessage()));
      return;
    }
    events.handle(ctx, ws);
    WebSocketContext.Response response = ws.response();
    ctx.status(response.status());
    for (Map.Entry<String, String> header : response.headers()) {
      if (header.getKey().equals("Content-Type")) {
        ctx.res().setContentType(header.getValue());
      } else {
        ctx.res().addHeader(header.getKey(), header.getValue());
      }
    }
    ctx.result(response.body());
  }

  private static void refuse(Context ctx, int status, String problem) {
    ctx.status(status).contentType("text/plain").result(problem + "\n");
  }
}
