package io.gripstream.eventstream.internal.proxied;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.internal.Threads;
import io.gripstream.testtools.Logged;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeeperTest {
  @ParameterizedTest
  @ValueSource(ints = {302, 401, 404})
  void refusal_is_said_once_and_not_taken_for_a_stream(int status) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Javalin proxy = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.routes.get("/events/~keep/{number}", ctx -> {
        asked.incrementAndGet();
        ctx.status(status).header("Location", "/login").result("no");
      });
      config.routes.get("/login", ctx -> ctx.result("Who are you?"));
    });
    proxy.start("127.0.0.1", 0);
    try (Keeper keeper = keeper(proxy.port(), Duration.ofSeconds(20))) {
      String log = Logged.during(() -> {
        keeper.start();
        // All four, and again after a while.
        Eventually.eventually(() -> assertThat(asked).hasValueGreaterThan(Keeper.STREAMS));
      });

      assertThat(log.lines())
          .filteredOn(line -> line.contains("WARN"))
          .singleElement()
          .asString()
          .contains("answers " + status, "/events/~keep/", "isFollowUp");
    } finally {
      proxy.stop();
    }
  }

  /** No packet says so: its machine was switched off, or a firewall forgot the connections. */
  @Test
  void proxy_that_vanished_is_connected_to_again() throws IOException {
    byte[] head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\n\n".getBytes(US_ASCII);
    List<Socket> connections = new CopyOnWriteArrayList<>();
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Keeper keeper = keeper(proxy.getLocalPort(), Duration.ofMillis(200))) {
      Thread accepting = Threads.daemon("vanished-proxy", () -> {
        while (!proxy.isClosed()) {
          try {
            Socket connection = proxy.accept();
            connections.add(connection);
            connection.getOutputStream().write(head);
          } catch (IOException closed) {
            return;
          }
        }
      });
      accepting.start();
      keeper.start();

      Eventually.eventually(
          () -> assertThat(connections).hasSizeGreaterThanOrEqualTo(2 * Keeper.STREAMS));
    } finally {
      for (Socket connection : connections) {
        connection.close();
      }
    }
  }

  private static Keeper keeper(int port, Duration keepAlive) {
    return new Keeper(
        URI.create("http://127.0.0.1:" + port), "/events", String::valueOf, keepAlive);
  }
}
