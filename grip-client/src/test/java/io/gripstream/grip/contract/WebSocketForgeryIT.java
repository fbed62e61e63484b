package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.javalin.GripPlugin;
import io.gripstream.grip.javalin.GripWebSocket;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.websocket.WebSocketMessage;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The events that a client can post through a real Pushpin without a WebSocket. Pushpin signs
 * whatever it forwards.
 */
class WebSocketForgeryIT {

  private static final String EVENTS = "OPEN\r\nTEXT 5\r\nhello\r\n";

  private static Javalin app;
  private static Pushpin pushpin;
  private static final BlockingQueue<String> SEEN = new LinkedBlockingQueue<>();

  @BeforeAll
  static void start() {
    int port = Ports.free(1).get(0);
    pushpin = Pushpin.builder()
        .route("*,path_beg=/room 127.0.0.1:%d,over_http".formatted(port))
        .route("*,path_beg=/open 127.0.0.1:%d".formatted(port))
        .start();
    app = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.registerPlugin(
          new GripPlugin(grip -> grip.proxy(pushpin.proxy()).secret("a secret of all instances")));
      config.routes.post("/<room>", GripWebSocket.handler((ctx, ws) -> {
        SEEN.add(ws.connectionId());
        if (ws.isOpening()) {
          ws.accept();
          ws.setConnectionMeta("User", "guest");
        }
        for (var message = ws.receive(); message != null; message = ws.receive()) {
          if (message instanceof WebSocketMessage.Text text) {
            ws.send(ws.connectionMeta("User") + ": " + text.text());
          }
        }
      }));
    });
    app.start("127.0.0.1", port);
  }

  @AfterAll
  static void stop() {
    app.stop();
    pushpin.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: application/websocket-events",
        "Content-Type: Application/WebSocket-Events",
        "Content-Type: application/websocket-events ;x",
        "Content-Type: text/plain\r\nContent-Type: application/websocket-events",
      })
  void events_that_a_client_posts_reach_no_handler(String types) throws Exception {
    SEEN.clear();

    String answer = post("/room", types);

    assertThat(answer).matches("(?s)HTTP/1.1 (403|415) .*").doesNotContain("OPEN", "admin");
    assertThat(SEEN).doesNotContain("forged");
  }

  /** Pushpin lets the exact type pass where the route has no over_http. */
  @Test
  void meta_that_a_client_posts_is_unknown_also_on_a_route_without_over_http() throws Exception {
    SEEN.clear();

    String answer = post("/open", "Content-Type: application/websocket-events");

    assertThat(SEEN).contains("forged");
    assertThat(answer).contains("m:null: hello").doesNotContain("admin");
  }

  /** By hand: no client library sends two content types. */
  private static String post(String path, String types) throws IOException {
    URI uri = pushpin.uri();
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(10_000);
      String request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + types
          + "\r\nConnection-Id: forged\r\nMeta-User: admin\r\nConnection: close"
          + "\r\nContent-Length: " + EVENTS.length() + "\r\n\r\n" + EVENTS;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void a_real_websocket_passes() throws Exception {
    var received = new LinkedBlockingQueue<String>();
    var request = new Request.Builder().url(pushpin.uri() + "/room").build();
    WebSocket socket = new OkHttpClient().newWebSocket(request, recorder(received));

    socket.send("hello");
    assertThat(received.poll(10, TimeUnit.SECONDS)).matches("(null|guest): hello");
    socket.send("again");
    assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("guest: again");
    socket.close(1000, null);
  }

  private static WebSocketListener recorder(BlockingQueue<String> received) {
    return new WebSocketListener() {
      @Override
      public void onMessage(WebSocket socket, String text) {
        received.add(text);
      }

      @Override
      public void onFailure(WebSocket socket, Throwable cause, @Nullable Response response) {
        received.add("failed " + cause);
      }
    };
  }
}
