package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.EventStores;
import io.gripstream.grip.internal.jetty.IdleFence;
import io.gripstream.testtools.Logged;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private static final Pattern RETRY = Pattern.compile("\n\nretry: (\\d+)\n\n$");

  @Test
  void stopping_ends_streams_cleanly_and_spreads_the_clients() throws IOException {
    DirectOptions options = DirectOptions.DEFAULT
        .withRetryAtLeast(Duration.ofMillis(500))
        .withRetrySpread(Duration.ofSeconds(4));
    List<SocketClient> clients = new ArrayList<>();
    try (BareServer server = BareServer.start(options)) {
      for (int i = 0; i < 300; i++) {
        clients.add(SocketClient.get(server.port(), "/events?channel=a"));
      }
      server.awaitCount(300);
      BareServer.await("probed", () -> Probes.areSetWithin(server.port(), 20));
      long begin = System.nanoTime();
      String log = Logged.during(() -> server.app().stop());

      Set<Long> retries = new HashSet<>();
      for (SocketClient client : clients) {
        client.awaitEnd();
        assertThat(client.isEndedCleanly()).isTrue();
        assertThat(client.body()).contains("\"condition\":\"shutdown\"");
        Matcher retry = RETRY.matcher(client.body());
        assertThat(retry.find()).isTrue();
        retries.add(Long.parseLong(retry.group(1)));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      assertThat(retries).hasSizeGreaterThan(100).allMatch(ms -> ms >= 500 && ms <= 4_500);
      assertThat(server.streams().count()).isZero();
      assertThat(log).doesNotContain("Exception").doesNotContain("WARN").doesNotContain("ERROR");
    } finally {
      for (SocketClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void leaving_clients_are_no_errors() throws IOException {
    try (BareServer server = BareServer.start()) {
      String log = Logged.during(() -> {
        for (int i = 0; i < 50; i++) {
          SocketClient client = SocketClient.get(server.port(), "/events?channel=a");
          server.awaitCount(1);
          server.send("a", "some data");
          if (i % 2 == 0) {
            client.reset();
          } else {
            client.close();
          }
          server.send("a", "more data");
          server.awaitCount(0);
        }
      });

      assertThat(log).isEmpty();
    }
  }

  @Test
  void draining_server_refuses_new_streams() throws IOException {
    try (BareServer server = BareServer.start()) {
      server.streams().drain();
      try (SocketClient late =
          SocketClient.get(server.port(), "/events?channel=a", "Connection: close")) {
        late.awaitEnd();

        assertThat(late.head()).startsWith("HTTP/1.1 503").containsPattern("Retry-After: \\d+");
        assertThat(late.body()).isEqualTo("The server is shutting down.\n");
      }
    }
  }

  /** A revocation of all users of a tenant asks for each of them, in each process. */
  @Test
  void rights_of_users_without_a_stream_cost_the_streams_of_others_nothing() throws Exception {
    CountDownLatch isBusy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    DirectSettings usual = BareServer.settings(DirectOptions.DEFAULT);
    LongSupplier slow = () -> {
      if (isBusy.getCount() == 0
          && Thread.currentThread().getName().startsWith("gripstream-direct-")) {
        awaitQuietly(go);
      }
      return System.nanoTime();
    };
    try (BareServer server = BareServer.start(new DirectSettings(
            usual.options(), usual.keepAlive(), usual.clock(), usual.random(), slow));
        SocketClient client = SocketClient.get(server.port(), "/events?channel=a&user=me")) {
      client.await("stream-open");
      isBusy.countDown();
      CompletableFuture<Void> others =
          CompletableFuture.runAsync(() -> IntStream.range(0, 1_000).forEach(i -> {
            server.streams().recheck("user-" + i, channel -> false);
            server.streams().end("user-" + i, "a");
          }));

      // Each would wait for the answer of a busy thread.
      others.get(30, TimeUnit.SECONDS);

      go.countDown();
      server.streams().recheck("me", channel -> false);
      client.await("\"forbidden\"");
    } finally {
      go.countDown();
    }
  }

  @Test
  void second_caller_of_drain_waits_for_the_end_of_the_streams_too() throws Exception {
    CountDownLatch isEnding = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    DirectSettings usual = BareServer.settings(DirectOptions.DEFAULT);
    // Each stream that ends asks for a number.
    RandomGenerator slow = () -> {
      isEnding.countDown();
      awaitQuietly(go);
      return 0;
    };
    try (BareServer server = BareServer.start(new DirectSettings(
            usual.options(), usual.keepAlive(), usual.clock(), slow, usual.nanoTime()));
        SocketClient client = SocketClient.get(server.port(), "/events?channel=a")) {
      client.await("stream-open");
      CompletableFuture<Void> first = CompletableFuture.runAsync(server.streams()::drain);
      assertThat(isEnding.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Void> second = CompletableFuture.runAsync(server.streams()::drain);

      assertThatThrownBy(() -> second.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      go.countDown();

      first.get(20, TimeUnit.SECONDS);
      second.get(20, TimeUnit.SECONDS);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void limits_are_answered_with_a_time_to_come_back() throws IOException {
    DirectOptions options = DirectOptions.DEFAULT
        .withMaxStreams(3)
        .withMaxStreamsPerUser(1)
        .withMaxStreamsPerAddress(2);
    try (BareServer server = BareServer.start(options);
        SocketClient me = SocketClient.get(server.port(), "/events?channel=a&user=me")) {
      me.await("stream-open");
      try (SocketClient again =
          SocketClient.get(server.port(), "/events?channel=a&user=me", "Connection: close")) {
        again.awaitEnd();
        assertThat(again.head()).startsWith("HTTP/1.1 429").containsPattern("Retry-After: \\d+");
        assertThat(again.head()).contains("Content-Type: text/plain");
        assertThat(again.body()).contains("user");
      }
      try (SocketClient you = SocketClient.get(server.port(), "/events?channel=a&user=you")) {
        you.await("stream-open");
        try (SocketClient third =
            SocketClient.get(server.port(), "/events?channel=a", "Connection: close")) {
          third.awaitEnd();
          assertThat(third.head()).startsWith("HTTP/1.1 429");
          assertThat(third.body()).contains("address");
        }
      }
      server.awaitCount(1);
      try (SocketClient you = SocketClient.get(server.port(), "/events?channel=a&user=you")) {
        you.await("stream-open");
      }
    }
  }

  @Test
  void full_server_refuses_streams_until_a_client_leaves() throws IOException {
    DirectOptions options = DirectOptions.DEFAULT.withMaxStreams(1);
    try (BareServer server = BareServer.start(options)) {
      try (SocketClient only = SocketClient.get(server.port(), "/events?channel=a")) {
        only.await("stream-open");
        try (SocketClient more =
            SocketClient.get(server.port(), "/events?channel=a", "Connection: close")) {
          more.awaitEnd();
          assertThat(more.head()).startsWith("HTTP/1.1 503").containsPattern("Retry-After: \\d+");
          assertThat(more.body())
              .isEqualTo("The server has reached its maximum number of streams.\n");
        }
      }
      server.awaitCount(0);
      try (SocketClient next = SocketClient.get(server.port(), "/events?channel=a")) {
        next.await("stream-open");
      }
    }
  }

  @Test
  void storm_of_clients_finds_a_long_accept_queue() {
    assertThat(connectorOf(startedJetty()).getAcceptQueueSize()).isEqualTo(16_384);
  }

  @Test
  void connections_are_kept_for_longer_than_proxies_keep_them() {
    assertThat(connectorOf(startedJetty()).getIdleTimeout()).isEqualTo(75_000);
  }

  @Test
  void idle_connections_do_not_mix_answers() {
    // What it does is tested in IdleFenceTest.
    assertThat(IdleFence.isUsed(startedJetty())).isTrue();
  }

  private static ServerConnector connectorOf(Server jetty) {
    assertThat(jetty.getConnectors()).singleElement().isInstanceOf(ServerConnector.class);
    return (ServerConnector) jetty.getConnectors()[0];
  }

  /** One that was started, and is stopped again: it keeps its settings. */
  private static Server startedJetty() {
    AtomicReference<Server> jetty = new AtomicReference<>();
    try (BareServer server =
        BareServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
          config.jetty.modifyServer(jetty::set);
        })) {
      assertThat(server.port()).isPositive();
      return jetty.get();
    }
  }

  @Test
  void after_handlers_may_still_refuse() throws IOException {
    try (BareServer server =
            BareServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
              config.routes.after("/events", ctx -> ctx.status(418).result("teapot"));
            });
        SocketClient client =
            SocketClient.get(server.port(), "/events?channel=a", "Connection: close")) {
      client.awaitEnd();

      assertThat(client.head()).startsWith("HTTP/1.1 418");
      assertThat(client.body()).isEqualTo("teapot");
      assertThat(server.streams().count()).isZero();
    }
  }

  @Test
  void long_heads_are_sent_and_too_long_ones_refused() throws IOException {
    String value = "x".repeat(3_000);
    try (BareServer server =
        BareServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
          config.routes.before(ctx -> {
            for (int i = 0; i < Integer.parseInt(ctx.queryParam("times")); i++) {
              ctx.header("Long-" + i, value);
            }
          });
        })) {
      try (SocketClient client = SocketClient.get(server.port(), "/events?channel=a&times=2")) {
        client.await("event: stream-open");
        assertThat(client.head()).contains("Long-0: " + value, "Long-1: " + value);
      }
      server.awaitCount(0);
      try (SocketClient client =
          SocketClient.get(server.port(), "/events?channel=a&times=3", "Connection: close")) {
        client.awaitEnd();
        assertThat(client.head()).startsWith("HTTP/1.1 500");
      }
      server.awaitCount(0);
    }
  }

  @Test
  void interim_answer_comes_before_the_stream() throws IOException {
    try (BareServer server =
            BareServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
              config.routes.after(ctx -> ctx.res().sendError(103));
            });
        SocketClient client = SocketClient.get(server.port(), "/events?channel=a")) {
      client.await("event: stream-open");

      assertThat(client.text()).startsWith("HTTP/1.1 103").contains("HTTP/1.1 200 OK\r\n");
      assertThat(server.streams().count()).isEqualTo(1);
    }
  }

  @Test
  void before_and_after_handlers_and_request_logs_see_an_ordinary_request() throws IOException {
    List<String> seen = new ArrayList<>();
    try (BareServer server =
            BareServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
              config.routes.before(ctx -> ctx.cookie("visited", "yes"));
              config.routes.after(ctx -> seen.add("after " + ctx.status()));
              config.requestLogger.http((ctx, ms) -> seen.add("log " + ctx.path()));
            });
        SocketClient client = SocketClient.get(server.port(), "/events?channel=a")) {
      client.await("stream-open");

      assertThat(client.head()).contains("Set-Cookie: visited=yes");
      assertThat(seen).containsExactly("after 200 OK", "log /events");
    }
  }
}
