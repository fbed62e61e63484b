package io.gripstream.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connections on which no request comes do not stay; those of streams do. */
class ConnectionsTest {
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";

  @Test
  void heads_that_drip_are_cut_after_ten_seconds_and_streams_go_on() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (TestServer server = TestServer.start(Map.of(
            "DATABASE_URL", "none",
            "GRIPSTREAM_API_KEYS", KEY,
            "GRIPSTREAM_ANONYMOUS_SUBSCRIBE", "*"));
        StreamClient stream = StreamClient.open(URI.create(server.url() + "/events/a"))) {
      stream.expectOpen();
      for (int i = 0; i < 50; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        sockets.add(socket);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
      }
      Socket idle = new Socket("127.0.0.1", server.port());
      sockets.add(idle);
      Instant begun = Instant.now();
      List<Socket> dripping = new ArrayList<>(sockets.subList(0, 50));
      // Each look drips a byte into every head that is not cut yet.
      Eventually.within(Duration.ofSeconds(20), () -> {
        dripping.removeIf(ConnectionsTest::isCut);
        assertThat(dripping).isEmpty();
      });

      assertThat(Duration.between(begun, Instant.now())).isGreaterThan(Duration.ofSeconds(9));
      assertThat(isCut(idle, "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")).isFalse();
      assertThat(new String(idle.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200 OK");
      server.post("/api/publish", "{\"channel\":\"a\",\"data\":1}", "X-API-Key", KEY);
      stream.expectEvent("1");
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static boolean isCut(Socket socket) {
    return isCut(socket, "x");
  }

  private static boolean isCut(Socket socket, String next) {
    try {
      socket.getOutputStream().write(next.getBytes(StandardCharsets.US_ASCII));
      return false;
    } catch (IOException cut) {
      return true;
    }
  }
}
