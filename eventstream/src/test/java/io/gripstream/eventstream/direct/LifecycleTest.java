package io.gripstream.eventstream.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.store.EventStores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private static final Pattern RETRY = Pattern.compile("\n\nretry: (\\d+)\n\n$");

  @Test
  void stopping_ends_streams_cleanly_and_spreads_the_clients() throws IOException {
    DirectOptions options = DirectOptions.DEFAULT
        .with()
        .retryAtLeast(Duration.ofMillis(500))
        .retrySpread(Duration.ofSeconds(4))
        .build();
    List<SocketClient> clients = new ArrayList<>();
    try (StreamServer server = StreamServer.start(options)) {
      for (int i = 0; i < 300; i++) {
        clients.add(SocketClient.get(server.port(), "/events?channel=a"));
      }
      server.awaitCount(300);
      long begin = System.nanoTime();
      String log = loggedDuring(() -> server.app().stop());

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
    try (StreamServer server = StreamServer.start()) {
      String log = loggedDuring(() -> {
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
    try (StreamServer server = StreamServer.start()) {
      server.streams().drain();
      try (SocketClient late =
          SocketClient.get(server.port(), "/events?channel=a", "Connection: close")) {
        late.awaitEnd();

        assertThat(late.head()).startsWith("HTTP/1.1 503").containsPattern("Retry-After: \\d+");
        assertThat(late.body()).isEqualTo("The server is shutting down.\n");
      }
    }
  }

  @Test
  void limits_are_answered_with_a_time_to_come_back() throws IOException {
    DirectOptions options = DirectOptions.DEFAULT
        .with()
        .maxConnections(3)
        .maxPerUser(1)
        .maxPerAddress(2)
        .build();
    try (StreamServer server = StreamServer.start(options);
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
  void after_handlers_may_still_refuse() throws IOException {
    try (StreamServer server =
            StreamServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
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
  void before_and_after_handlers_and_request_logs_see_an_ordinary_request() throws IOException {
    List<String> seen = new ArrayList<>();
    try (StreamServer server =
            StreamServer.start(EventStores.memory(), DirectOptions.DEFAULT, config -> {
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

  private interface Action {
    void run() throws IOException;
  }

  /** What was logged: the tests' logger writes to the error stream. */
  private static String loggedDuring(Action action) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(before);
    }
    return log.toString(StandardCharsets.UTF_8);
  }
}
