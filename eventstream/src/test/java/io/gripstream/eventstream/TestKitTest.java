package io.gripstream.eventstream;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.eventstream.testkit.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What users of the test kit rely on. */
class TestKitTest {
  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  /** Answers one request with this, and reads until the client closes the connection. */
  private static CompletableFuture<Integer> answering(ServerSocket server, String answer) {
    return CompletableFuture.supplyAsync(() -> {
      try (Socket client = server.accept()) {
        client.setSoTimeout(20_000);
        client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        int read = client.getInputStream().read();
        while (read >= 0) {
          read = client.getInputStream().read();
        }
        return read;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static URI uri(ServerSocket server) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
  }

  @Test
  void interrupted_expectation_fails_instead_of_seeing_nothing() {
    try (StreamServer server = StreamServer.start();
        StreamClient client = server.open("/events/a")) {
      client.expectOpen();
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> client.expectNothing(Duration.ofMillis(100)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    }
  }

  /** As the standard says for browsers. */
  @Test
  void id_of_a_block_without_data_counts_for_resuming() throws Exception {
    try (ServerSocket server = listening()) {
      CompletableFuture<Integer> ended =
          answering(server, "HTTP/1.1 200 OK\r\n\r\nid: 7\n\nid: 8\u0000\n\n");
      try (StreamClient client = StreamClient.open(uri(server))) {
        eventually(() -> assertThat(new String(client.body(), StandardCharsets.US_ASCII))
            .endsWith("\u0000\n\n"));
        eventually(() -> assertThat(client.lastId()).isEqualTo("7"));
      }
      assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
    }
  }

  @Test
  void client_of_an_answer_without_a_head_closes_its_connection() throws Exception {
    try (ServerSocket server = listening()) {
      CompletableFuture<Integer> ended = answering(server, "no answer of HTTP\r\n\r\n");

      assertThatThrownBy(() -> StreamClient.open(uri(server))).isInstanceOf(Exception.class);

      assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
    }
  }

  @Test
  void server_whose_port_is_taken_closes_its_store() throws Exception {
    EventStore store = EventStores.memory();
    try (ServerSocket other = listening()) {
      assertThatThrownBy(() ->
              StreamServer.builder().store(store).port(other.getLocalPort()).start())
          .isInstanceOf(RuntimeException.class);
    }

    assertThatThrownBy(store::start)
        .isInstanceOf(StoreException.class)
        .hasFieldOrPropertyWithValue("kind", StoreException.Kind.CLOSED);
  }

  /** A default method that is not passed on would hide what the wrapped store can do. */
  @Test
  void faulty_store_passes_on_every_method() throws Exception {
    for (Method method : EventStore.class.getMethods()) {
      assertThat(FaultyStore.class
              .getMethod(method.getName(), method.getParameterTypes())
              .getDeclaringClass())
          .as(method.toString())
          .isEqualTo(FaultyStore.class);
    }
  }

  @Test
  void retention_follows_the_clock_of_the_store() {
    TestClock clock = TestClock.now();
    EventStore store = EventStores.memory(StoreOptions.DEFAULT.withClock(clock));
    try (StreamServer server = StreamServer.builder()
        .store(store)
        .configure(config -> config.clock(clock))
        .start()) {
      server.events().send("a", "message", "old");
      assertThat(store.read("a", 0, 1, PageLimit.DEFAULT).events()).hasSize(1);

      clock.advance(Duration.ofHours(25));

      eventually(
          () -> assertThat(store.read("a", 0, 1, PageLimit.DEFAULT).events()).isEmpty());
    }
  }
}
