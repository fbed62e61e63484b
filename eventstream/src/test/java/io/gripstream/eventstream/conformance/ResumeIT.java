package io.gripstream.eventstream.conformance;

import static io.gripstream.eventstream.conformance.TwoDoors.channels;
import static io.gripstream.eventstream.conformance.TwoDoors.encoded;
import static io.gripstream.eventstream.conformance.TwoDoors.unique;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that come back. */
@ClassTemplate
class ResumeIT {
  @RegisterExtension
  static final TwoDoors house = TwoDoors.underEachServer();

  private final String a = unique("a");
  private final String b = unique("b");

  @Test
  void by_header() {
    house.send(a, "1", "2", "3");
    try (TwoClients clients = house.resume(channels(a), a + ":1")) {
      clients.expectOpen().expectEvent("2").expectEvent("3");
      house.send(a, "4");
      clients.expectEvent("4").expectSame();
    }
  }

  @Test
  void by_a_query_parameter_the_last_that_is_not_empty() {
    house.send(a, "1", "2");
    for (String query : List.of(
        "lastEventId=" + encoded(a + ":1"),
        "last_event_id=" + encoded(a + ":1"),
        "lastEventId=" + encoded(a + ":0") + "&lastEventId=" + encoded(a + ":1")
            + "&lastEventId=")) {
      try (TwoClients clients = house.open(channels(a) + "&" + query)) {
        clients.expectOpen().expectEvent("2").expectSame();
      }
    }
  }

  @Test
  void by_header_rather_than_query() {
    house.send(a, "1", "2", "3");
    try (TwoClients clients =
        house.resume(channels(a) + "&lastEventId=" + encoded(a + ":0"), a + ":2")) {
      clients.expectOpen().expectEvent("3").expectSame();
    }
  }

  @Test
  void with_the_position_of_stream_open() {
    String position;
    try (TwoClients clients = house.open(channels(a, b))) {
      clients.expectOpen();
      position = clients.lastId();
    }
    // In the order of a replay: what a process learns of after it has begun comes behind it.
    house.send(a, "a1");
    house.send(b, "b1");
    try (TwoClients clients = house.resume(channels(a, b), position)) {
      clients.expectOpen().expectEvent("a1").expectEvent("b1").expectSame();
    }
  }

  @Test
  void in_several_channels_each_event_once_and_positions_never_go_back() {
    house.send(a, "a1", "a2", "a3");
    house.send(b, "b1", "b2");
    try (TwoClients clients = house.resume(channels(a, b), a + ":1," + b + ":0")) {
      clients.expectOpen().expectEvents(List.of("a2", "a3", "b1", "b2"));
      assertThat(clients.lastId()).startsWith(a + ":3," + b + ":2,.:");
      house.send(b, "b3");
      clients.expectEvent("b3").expectSame();
    }
  }

  @Test
  void new_stream_rewinds_by_the_number_of_events_it_asks_for() {
    house.send(a, "1", "2", "3");
    house.send(b, "b1");
    try (TwoClients clients = house.open(channels(a, b) + "&rewind=2")) {
      clients.expectOpen().expectEvents(List.of("2", "3", "b1"));
      house.send(a, "4");
      clients.expectEvent("4").expectSame();
    }
    try (TwoClients clients = house.open(channels(a) + "&rewind=1000000000")) {
      clients.expectOpen().expectEvents(List.of("1", "2", "3", "4")).expectSame();
    }
    try (TwoClients clients = house.open(channels(unique("empty"), a) + "&rewind=0")) {
      clients.expectOpen();
      house.send(a, "5");
      clients.expectEvent("5").expectSame();
    }
    try (TwoClients clients = house.resume(channels(a) + "&rewind=3", a + ":4")) {
      clients.expectOpen().expectEvent("5").expectSame();
    }
    try (TwoClients clients = house.open(channels(a) + "&rewind=-1")) {
      clients.expectError("bad-request").expectEnd();
    }
  }

  @Test
  void long_events_are_rewound_by_one_page() {
    for (int i = 0; i < 9; i++) {
      house.send(a, i + "x".repeat(20_000));
    }
    try (TwoClients clients = house.open(channels(a) + "&rewind=9")) {
      clients.expectOpen().expectEvent("7" + "x".repeat(20_000));
      clients.expectEvent("8" + "x".repeat(20_000)).expectSame();
    }
  }

  @Test
  void from_the_earliest() {
    house.send(a, "1", "2", "3");
    house.store().forget(a, 1);
    try (TwoClients clients = house.resume(channels(a), "earliest")) {
      clients.expectOpen().expectEvent("2").expectEvent("3");
      house.send(a, "4");
      clients.expectEvent("4").expectSame();
    }
  }

  @Test
  void after_more_than_a_page() {
    List<String> ofA = new ArrayList<>();
    List<String> ofB = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String data = i + " " + "%".repeat(10_000);
      (i % 3 == 0 ? ofB : ofA).add(data);
      house.send(i % 3 == 0 ? b : a, data);
    }
    try (TwoClients clients = house.resume(channels(a, b), "earliest")) {
      clients.expectOpen().expectEvents(ofA).expectEvents(ofB);
      house.send(a, "live");
      clients.expectEvent("live").expectSame();
    }
  }

  @Test
  void cut_and_cut_again() {
    String position;
    try (TwoClients clients = house.open(channels(a))) {
      clients.expectOpen();
      position = clients.lastId();
    }
    for (int i = 0; i < 5; i++) {
      house.send(a, "missed " + i);
      try (TwoClients clients = house.resume(channels(a), position)) {
        clients.expectOpen().expectEvent("missed " + i);
        house.send(a, "live " + i);
        clients.expectEvent("live " + i).expectSame();
        position = clients.lastId();
      }
    }
  }

  @Test
  void with_the_position_of_other_channels() {
    house.send(a, "a1", "a2");
    house.send(b, "b1", "b2");
    // More channels than it has now: the others are ignored.
    try (TwoClients clients = house.resume(channels(a), a + ":1," + b + ":1")) {
      clients.expectOpen().expectEvent("a2").expectSame();
    }
    // Fewer: the new one begins now.
    try (TwoClients clients = house.resume(channels(a, b), a + ":1")) {
      clients.expectOpen().expectEvent("a2");
      house.send(b, "b3");
      clients.expectEvent("b3").expectSame();
    }
    // Others altogether: begins now.
    try (TwoClients clients = house.resume(channels(a), b + ":1")) {
      clients.expectOpen();
      house.send(a, "a3");
      clients.expectEvent("a3").expectSame();
    }
  }

  @Test
  void with_the_position_of_a_channel_that_may_not_be_read() {
    String secret = unique("private");
    house.send(secret, "s1", "s2");
    house.send(a, "1", "2");
    try (TwoClients clients = house.resume(channels(a), a + ":1," + secret + ":1")) {
      clients.expectOpen().expectEvent("2").expectSame();
    }
    try (TwoClients clients = house.resume(channels(secret), secret + ":1")) {
      clients.expectError("forbidden").expectEnd().expectSame();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        ",",
        "a:1,",
        ",a:1",
        ":1",
        ".:x7",
        "a:1,.:",
        "a:1,.:x y",
        "earliest,a:1",
        "Error"
      })
  void with_garbage(String position) {
    try (TwoClients clients = house.open(channels(a) + "&lastEventId=" + encoded(position))) {
      clients.expectStatus(200).expectError("bad-request").expectEnd().expectSame();
      assertThat(clients.body()).contains("Failed to parse Last-Event-ID or lastEventId.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "+1", " 1", "0_1", "1:2"})
  void with_an_invalid_id(String id) {
    try (TwoClients clients = house.open(channels(a) + "&lastEventId=" + encoded(a + ":" + id))) {
      clients.expectStatus(200).expectError("bad-request").expectEnd().expectSame();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"other:x", "other:", "other:-1", "%zz:1", "%ff:1", "%0A:1"})
  void with_pairs_of_other_channels_however_they_look(String pair) {
    house.events().send(a, "message", "1");
    house.events().send(a, "message", "2");
    try (TwoClients clients =
        house.open(channels(a) + "&lastEventId=" + encoded(pair + "," + a + ":1," + pair))) {
      clients.expectOpen().expectEvent("2").expectSame();
    }
  }

  @Test
  void with_a_forged_line_in_the_epoch() {
    try (TwoClients clients = house.open(
        channels(a) + "&lastEventId=" + encoded(a + ":1,.:x\ndata: forged\n\nevent: evil"))) {
      clients.expectError("bad-request").expectEnd().expectSame();
      assertThat(clients.body()).doesNotContain("evil");
    }
  }

  /** Directly only: a proxy takes no request line or header of that length. */
  @Test
  void with_a_megabyte_of_garbage() {
    String garbage = "x".repeat(1 << 20);
    expectRefused(house.direct(channels(a)), Map.of("Last-Event-ID", garbage));
    expectRefused(house.direct(channels(a) + "&lastEventId=" + garbage), Map.of());
    try (TwoClients clients = house.open(channels(a))) {
      clients.expectOpen().expectSame();
    }
  }

  private static void expectRefused(URI uri, Map<String, String> headers) {
    try (StreamClient client = StreamClient.open(uri, headers)) {
      assertThat(client.status()).isBetween(400, 499);
    }
  }

  @Test
  void although_it_was_told_not_to() {
    try (TwoClients clients = house.resume(channels(a), "error")) {
      clients.expectStatus(400).expectHeader("Content-Type", "text/plain;charset=utf-8");
      clients.both(client -> client.expectEnd()).expectSame();
      assertThat(clients.body())
          .isEqualTo("Invalid request: Can't resume session after stream-error.\n");
    }
  }

  @Test
  void after_the_missed_events_were_trimmed() {
    house.send(a, "1", "2", "3");
    house.store().forget(a, 2);
    try (TwoClients clients = house.resume(channels(a), a + ":1")) {
      clients
          .expectOpen()
          .expectReset("{\"channels\":[\"" + a + "\"],\"reasons\":{\"" + a + "\":\"expired\"}}");
      house.send(a, "4");
      clients.expectEvent("4").expectSame();
    }
  }

  @Test
  void at_the_head_of_a_channel_that_is_all_trimmed() {
    house.send(a, "1", "2", "3");
    house.store().forget(a, 3);
    try (TwoClients clients = house.resume(channels(a), a + ":3")) {
      clients.expectOpen();
      house.send(a, "4");
      clients.expectEvent("4").expectSame();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"9", "99999999999999999999999"})
  void beyond_the_head(String id) {
    house.send(a, "1");
    try (TwoClients clients = house.resume(channels(a), a + ":" + id)) {
      clients
          .expectOpen()
          .expectReset("{\"channels\":[\"" + a + "\"],\"reasons\":{\"" + a + "\":\"unknown\"}}");
      house.send(a, "2");
      clients.expectEvent("2").expectSame();
    }
  }

  @Test
  void from_another_epoch() {
    house.send(a, "1", "2");
    try (TwoClients clients = house.resume(channels(a, b), a + ":1," + b + ":0,.:other")) {
      clients
          .expectOpen()
          .expectReset("{\"channels\":[\"" + a + "\",\"" + b + "\"],\"reasons\":{\"" + a
              + "\":\"unknown\",\"" + b + "\":\"unknown\"}}");
      house.send(a, "3");
      clients.expectEvent("3").expectSame();
      assertThat(clients.lastId()).doesNotContain("other");
    }
  }

  @Test
  void reset_in_one_channel_and_replayed_in_another() {
    house.send(a, "a1", "a2");
    house.send(b, "b1", "b2");
    house.store().forget(a, 2);
    try (TwoClients clients = house.resume(channels(a, b), a + ":0," + b + ":1")) {
      clients
          .expectOpen()
          .expectReset("{\"channels\":[\"" + a + "\"],\"reasons\":{\"" + a + "\":\"expired\"}}")
          .expectEvent("b2")
          .expectSame();
    }
  }
}
