package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.DirectOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectStreamsTest {
  private final BareServer server = BareServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void stream_opens_and_gets_live_events() throws IOException {
    try (SocketClient client = SocketClient.get(server.port(), "/events?channel=a")) {
      client.await("event: stream-open");
      server.send("a", "one");
      server.send("a", "two");

      client.await("data: two");

      assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
      assertThat(client.head()).contains("Content-Type: text/event-stream");
      assertThat(client.head()).contains("Transfer-Encoding: chunked");
      assertThat(client.head()).doesNotContain("Content-Length");
      assertThat(client.body()).startsWith(":" + " ".repeat(2_048) + "\n\nevent: stream-open\n");
      assertThat(client.data()).containsExactly("one", "two");
    }
  }

  @Test
  void returning_client_gets_the_missed_events_once_and_in_order() throws IOException {
    server.send("a", "0");
    String id;
    try (SocketClient client = SocketClient.get(server.port(), "/events?channel=a")) {
      id = client.await("event: stream-open\nid").await("data:\n\n").lastId();
    }
    IntStream.range(1, 2_500).forEach(i -> server.send("a", "" + i));
    try (SocketClient client =
        SocketClient.get(server.port(), "/events?channel=a", "Last-Event-ID: " + id)) {
      client.await("stream-open");
      IntStream.range(2_500, 2_600).forEach(i -> server.send("a", "" + i));

      client.await("data: 2599\n");

      assertThat(client.data())
          .containsExactlyElementsOf(
              IntStream.range(1, 2_600).mapToObj(Integer::toString).toList());
    }
  }

  @Test
  void unreliable_burst_arrives_whole() throws IOException {
    try (SocketClient client = SocketClient.get(server.port(), "/events?channel=u-a")) {
      client.await("stream-open");
      server.awaitCount(1);
      server.send("u-a", "first");
      client.await("data: first");
      IntStream.range(0, 1_000).forEach(i -> server.send("u-a", "" + i));

      client.await("data: 999\n");

      assertThat(client.data()).hasSize(1_001);
      assertThat(client.lastId()).isEmpty();
    }
  }

  /** Their number is more than one audience holds; some leave, and others take their places. */
  @Test
  void all_clients_of_a_large_audience_get_every_event_once_and_in_order() throws IOException {
    List<SocketClient> clients = new ArrayList<>();
    try {
      join(clients, 1_100);
      IntStream.range(0, 100).forEach(i -> server.send("u-a", "" + i));
      for (SocketClient leaving : clients.subList(0, 300)) {
        leaving.close();
      }
      clients.subList(0, 300).clear();
      server.awaitCount(800);
      join(clients, 300);
      IntStream.range(100, 200).forEach(i -> server.send("u-a", "" + i));

      for (SocketClient client : clients) {
        client.await("data: 199\n");
      }

      assertThat(clients.subList(0, 800))
          .allSatisfy(client -> assertThat(client.data()).containsExactlyElementsOf(numbers(0)));
      assertThat(clients.subList(800, 1_100))
          .allSatisfy(client -> assertThat(client.data()).containsExactlyElementsOf(numbers(100)));
    } finally {
      for (SocketClient client : clients) {
        client.close();
      }
    }
  }

  private void join(List<SocketClient> clients, int count) throws IOException {
    int all = clients.size() + count;
    for (int i = 0; i < count; i++) {
      SocketClient client = SocketClient.get(server.port(), "/events?channel=u-a");
      clients.add(client);
      client.await("stream-open");
    }
    server.awaitCount(all);
  }

  private static List<String> numbers(int first) {
    return IntStream.range(first, 200).mapToObj(Integer::toString).toList();
  }

  @Test
  void skipped_user_does_not_get_the_event() throws IOException {
    try (SocketClient me = SocketClient.get(server.port(), "/events?channel=a&user=me");
        SocketClient you = SocketClient.get(server.port(), "/events?channel=a&user=you")) {
      me.await("stream-open");
      you.await("stream-open");
      server.send("a", "not for me", Set.of("me"));
      server.send("a", "for all");

      me.await("data: for all");
      you.await("data: for all");

      assertThat(me.data()).containsExactly("for all");
      assertThat(you.data()).containsExactly("not for me", "for all");
    }
  }

  @Test
  void events_of_other_channels_stay_away() throws IOException {
    try (SocketClient a = SocketClient.get(server.port(), "/events?channel=a");
        SocketClient both = SocketClient.get(server.port(), "/events?channel=a&channel=b")) {
      a.await("stream-open");
      both.await("stream-open");
      server.awaitCount(2);
      server.send("b", "to b");
      server.send("a", "to a");

      a.await("data: to a");
      both.await("data: to a");

      assertThat(a.data()).containsExactly("to a");
      // Events during the join are read from storage, channel after channel.
      both.await("data: to b");
      assertThat(both.data()).containsExactlyInAnyOrder("to b", "to a");
      assertThat(server.streams().channels()).containsEntry("a", 2).containsEntry("b", 1);
    }
  }

  @Test
  void http10_client_gets_a_bare_body() throws IOException {
    try (SocketClient client =
        SocketClient.send(server.port(), 0, "GET /events?channel=a HTTP/1.0")) {
      client.await("event: stream-open");
      server.send("a", "one");
      client.await("data: one\n\n");
      server.streams().drain();

      client.awaitEnd();

      assertThat(client.head()).doesNotContain("chunked");
      assertThat(client.body()).startsWith(":    ");
      assertThat(client.data()).containsExactly("one");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.1"})
  void connection_headers_of_the_client_make_no_difference(String version) throws IOException {
    for (String connection : List.of("close", "keep-alive")) {
      try (SocketClient client = SocketClient.send(
          server.port(),
          0,
          "GET /events?channel=u-a HTTP/" + version,
          "Connection: " + connection)) {
        client.await("event: stream-open");
        BareServer.await("joined", () -> server.streams().channels().containsKey("u-a"));
        server.send("u-a", "one");
        client.await("data: one\n\n");

        assertThat(client.head().contains("Transfer-Encoding: chunked"))
            .isEqualTo(version.equals("1.1"));
        assertThat(client.head()).doesNotContain("keep-alive");
      }
      server.awaitCount(0);
    }
  }

  @Test
  void connection_that_served_a_request_can_become_a_stream() throws IOException {
    try (SocketClient client = SocketClient.get(server.port(), "/plain")) {
      client.await("\r\n\r\nplain");
      client.write("GET /events?channel=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
      client.await("event: stream-open");
      server.send("a", "one");

      client.await("data: one\n\n");
    }
  }

  @Test
  void clients_that_leave_are_forgotten_at_once() throws IOException {
    SocketClient polite = SocketClient.get(server.port(), "/events?channel=a");
    SocketClient rude = SocketClient.get(server.port(), "/events?channel=a");
    polite.await("stream-open");
    rude.await("stream-open");
    server.awaitCount(2);

    polite.close();
    rude.reset();

    server.awaitCount(0);
    BareServer.await("no channels", () -> server.streams().channels().isEmpty());
  }

  @Test
  void user_without_permission_any_more_is_disconnected() throws IOException {
    try (SocketClient me = SocketClient.get(server.port(), "/events?channel=a&user=me");
        SocketClient you = SocketClient.get(server.port(), "/events?channel=a&user=you")) {
      me.await("stream-open");
      you.await("stream-open");
      server.awaitCount(2);
      BareServer.await("ended", () -> server.streams().end("me", "a") == 1);

      me.awaitEnd();

      assertThat(me.isEndedCleanly()).isTrue();
      assertThat(me.body())
          .endsWith("event: stream-error\nid: error\ndata: {\"condition\":\"forbidden\","
              + "\"text\":\"Permission denied to channels: a\",\"channels\":[\"a\"]}\n\n");
      server.send("a", "still here");
      you.await("data: still here");
    }
  }

  @Test
  void stream_ends_with_its_token() throws IOException {
    long soon = System.currentTimeMillis() + 300;
    try (SocketClient client =
        SocketClient.get(server.port(), "/events?channel=a&user=me&until=" + soon)) {
      client.awaitEnd();

      assertThat(client.isEndedCleanly()).isTrue();
      assertThat(client.body()).contains("\"condition\":\"token-expired\"");
      assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(soon);
    }
  }

  @Test
  void token_that_has_expired_already_ends_a_stream_that_has_opened() throws IOException {
    try (SocketClient client =
        SocketClient.getSlowly(server.port(), "/events?channel=a&user=me&until=1")) {
      client.awaitEnd();

      assertThat(client.isEndedCleanly()).isTrue();
      assertThat(client.body()).containsSubsequence("event: stream-open", "token-expired");
    }
  }

  @Test
  void streams_are_not_compressed() throws IOException {
    String gzip = "Accept-Encoding: gzip, br";
    try (SocketClient client = SocketClient.get(server.port(), "/events?channel=a", gzip);
        SocketClient page = SocketClient.get(server.port(), "/large", gzip)) {
      client.await("event: stream-open");
      server.send("a", "x".repeat(10_000));
      client.await("x".repeat(10_000));
      page.await("\r\n\r\n");

      assertThat(client.head()).doesNotContain("Content-Encoding");
      assertThat(page.head()).contains("Content-Encoding");
    }
  }

  @Test
  void silence_is_broken_by_keep_alives() throws IOException {
    DirectSettings often =
        DirectSettings.of(DirectOptions.DEFAULT, Duration.ofMillis(100), Clock.systemUTC());
    try (BareServer eager = BareServer.start(often);
        SocketClient client = SocketClient.get(eager.port(), "/events?channel=a")) {
      client.await("event: keep-alive\ndata:\n\n");
      eager.send("a", "one");
      client.await("data: one");

      assertThat(client.data()).isEqualTo(List.of("one"));
    }
  }
}
