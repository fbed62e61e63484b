package io.gripstream.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.testtools.Http2Socket;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
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
            "GRIPSTREAM_CHANNEL_RULES", "[{channels: '*', anonymous: true}]"));
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

  /**
   * A head over HTTP/2 that never ends, in pieces of a byte. It takes half a minute, as long as an
   * idle connection stays open.
   */
  @Test
  void heads_over_http2_that_drip_are_cut_and_connections_that_are_used_go_on() throws Exception {
    try (TestServer server = TestServer.start(Map.of(
            "DATABASE_URL", "none",
            "GRIPSTREAM_API_KEYS", KEY,
            "GRIPSTREAM_CHANNEL_RULES", "[{channels: '*', anonymous: true}]"));
        Http2Socket used = new Http2Socket(server.port(), 65_535);
        Http2Socket stream = new Http2Socket(server.port(), 65_535);
        Socket socket = new Socket("127.0.0.1", server.port())) {
      stream.get("/events/a");
      // HEADERS without END_HEADERS, then CONTINUATION frames of one byte.
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      socket.getOutputStream().write(new byte[] {0, 0, 1, 1, 1, 0, 0, 0, 1, (byte) 0x82});
      AtomicInteger asked = new AtomicInteger();
      Instant begun = Instant.now();
      Eventually.within(Duration.ofSeconds(60), () -> {
        boolean isCut = false;
        if (Duration.between(begun, Instant.now()).toSeconds() > asked.get()) {
          used.get("/health/live");
          asked.incrementAndGet();
          isCut = isCut(socket, new byte[] {0, 0, 1, 9, 0, 0, 0, 0, 1, 0x40});
        }
        assertThat(isCut).isTrue();
      });

      assertThat(Duration.between(begun, Instant.now())).isGreaterThan(Duration.ofSeconds(29));
      used.patience(5_000);
      for (Http2Socket.Frame frame = used.read(); frame.stream() < 2 * asked.get() - 1; ) {
        assertThat(frame.isFailure()).isFalse();
        frame = used.read();
      }
      server.post("/api/publish", "{\"channel\":\"a\",\"data\":\"here\"}", "X-API-Key", KEY);
      stream.patience(5_000);
      Http2Socket.Frame frame;
      do {
        frame = stream.read();
        assertThat(frame.isFailure()).isFalse();
      } while (!new String(frame.payload(), StandardCharsets.UTF_8).contains("here"));
    }
  }

  @Test
  void above_the_maximum_the_oldest_connection_without_a_request_is_closed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    server.addConnector(connector);
    server.setHandler(new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback)
          throws InterruptedException {
        asked.countDown();
        answered.await(30, TimeUnit.SECONDS);
        callback.succeeded();
        return true;
      }
    });
    List<Socket> sockets = new ArrayList<>();
    try (Connections connections = new Connections(3, System::nanoTime)) {
      connector.addEventListener(connections);
      server.start();
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket("127.0.0.1", connector.getLocalPort());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        if (i == 0) {
          request(socket);
          assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        }
        int opened = Math.min(i + 1, 3);
        Eventually.eventually(
            () -> assertThat(connector.getConnectedEndPoints()).hasSize(opened));
      }

      assertThat(sockets.get(1).getInputStream().read())
          .as("the oldest idle one")
          .isEqualTo(-1);
      answered.countDown();
      request(sockets.get(2));
      request(sockets.get(3));
      for (int i : new int[] {0, 2, 3}) {
        assertThat(new String(
                sockets.get(i).getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
            .isEqualTo("HTTP/1.1 200 OK");
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
      server.stop();
    }
  }

  private static void request(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean isCut(Socket socket) {
    return isCut(socket, "x");
  }

  private static boolean isCut(Socket socket, String next) {
    return isCut(socket, next.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean isCut(Socket socket, byte[] next) {
    try {
      socket.getOutputStream().write(next);
      return false;
    } catch (IOException cut) {
      return true;
    }
  }
}
