package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlowClientTest {
  private static final String PAD = "x".repeat(1_000);
  private static final int EVENTS = 3_000;

  private final BareServer server =
      BareServer.start(DirectOptions.DEFAULT.withMaxQueuedBytes(100_000));

  @AfterEach
  void stop() {
    server.close();
  }

  private void flood(String channel) {
    IntStream.range(0, EVENTS).forEach(i -> server.send(channel, i + " " + PAD));
  }

  private static List<Integer> numbers(SocketClient client) {
    return client.data().stream()
        .map(data -> Integer.parseInt(data.substring(0, data.indexOf(' '))))
        .toList();
  }

  @Test
  void reliable_client_reads_on_from_storage_and_loses_nothing() throws IOException {
    try (SocketClient slow = SocketClient.getSlowly(server.port(), "/events?channel=a")) {
      server.awaitCount(1);
      flood("a");

      slow.await("data: " + (EVENTS - 1) + " " + PAD + "\n\n");

      assertThat(numbers(slow))
          .containsExactlyElementsOf(IntStream.range(0, EVENTS).boxed().toList());
      server.send("a", "live again");
      slow.await("data: live again");
    }
  }

  @Test
  void unreliable_client_gets_slow_when_it_missed_events() throws IOException {
    try (SocketClient slow = SocketClient.getSlowly(server.port(), "/events?channel=u-a")) {
      slow.await("stream-open");
      flood("u-a");

      slow.awaitEnd();

      assertThat(slow.isEndedCleanly()).isTrue();
      assertThat(slow.body())
          .endsWith("event: stream-error\ndata: {\"condition\":\"slow\","
              + "\"text\":\"The client takes events too slowly.\"}\n\n");
      List<Integer> got = numbers(slow);
      assertThat(got).hasSizeLessThan(EVENTS);
      assertThat(got)
          .containsExactlyElementsOf(IntStream.range(0, got.size()).boxed().toList());
    }
  }

  @Test
  void mixed_client_is_cut_only_if_it_would_miss_unstored_events() throws IOException {
    try (SocketClient slow =
        SocketClient.getSlowly(server.port(), "/events?channel=a&channel=u-a")) {
      server.awaitCount(1);
      flood("a");
      slow.await("data: " + (EVENTS - 1) + " " + PAD + "\n\n");
      server.send("u-a", "0 unstored");
      slow.await("0 unstored");
      flood("u-a");

      slow.awaitEnd();

      assertThat(slow.body()).contains("\"condition\":\"slow\"");
    }
  }

  @Test
  void client_that_takes_nothing_is_cut() throws IOException {
    DirectOptions hasty = DirectOptions.DEFAULT.withWriteTimeout(Duration.ofMillis(300));
    try (BareServer strict = BareServer.start(hasty);
        SocketClient stalled = SocketClient.getSlowly(strict.port(), "/events?channel=a")) {
      strict.awaitCount(1);
      IntStream.range(0, 1_000).forEach(i -> strict.send("a", i + " " + PAD));

      strict.awaitCount(0);
      stalled.awaitEnd();
      assertThat(stalled.isEndedCleanly()).isFalse();
    }
  }

  @Test
  void client_that_is_ended_while_it_reads_nothing_gets_whole_events_and_the_reason()
      throws IOException {
    try (SocketClient slow = SocketClient.getSlowly(server.port(), "/events?channel=a&user=me")) {
      server.awaitCount(1);
      flood("a");
      assertThat(server.streams().end("me", "a")).isEqualTo(1);
      server.send("a", "too late for it");

      slow.awaitEnd();

      assertThat(slow.isEndedCleanly()).isTrue();
      assertThat(slow.body()).contains("\"condition\":\"forbidden\"").endsWith("}\n\n");
      List<Integer> got = numbers(slow);
      assertThat(got)
          .hasSizeLessThan(EVENTS)
          .containsExactlyElementsOf(IntStream.range(0, got.size()).boxed().toList());
      server.awaitCount(0);
    }
  }

  @Test
  void client_that_reads_history_when_the_server_stops_can_go_on_elsewhere() throws IOException {
    flood("a");
    try (SocketClient slow =
        SocketClient.getSlowly(server.port(), "/events?channel=a", "Last-Event-ID: earliest")) {
      slow.awaitBytes(100_000);
      server.streams().drain();

      slow.awaitEnd();

      assertThat(slow.isEndedCleanly()).isTrue();
      assertThat(slow.body()).containsPattern("\"shutdown\".*\n\nretry: \\d+\n\n$");
      List<Integer> got = numbers(slow);
      assertThat(got)
          .hasSizeBetween(50, EVENTS - 1)
          .containsExactlyElementsOf(IntStream.range(0, got.size()).boxed().toList());
      assertThat(slow.lastId()).startsWith("a:" + got.size() + ",");
    }
  }

  @Test
  void stalled_clients_delay_no_other_client() throws IOException {
    List<SocketClient> stalled = new ArrayList<>();
    List<SocketClient> good = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        stalled.add(SocketClient.getSlowly(server.port(), "/events?channel=a"));
        good.add(SocketClient.get(server.port(), "/events?channel=a"));
      }
      server.awaitCount(40);
      flood("a");
      server.send("a", "the last one");

      for (SocketClient client : good) {
        client.await("data: the last one\n\n");
      }

      // Nobody had to wait until a stalled client was cut: all of them are still there.
      assertThat(server.streams().count()).isEqualTo(40);
    } finally {
      for (SocketClient client : stalled) {
        client.close();
      }
      for (SocketClient client : good) {
        client.close();
      }
    }
  }
}
