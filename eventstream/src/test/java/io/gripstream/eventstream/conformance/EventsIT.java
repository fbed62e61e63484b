package io.gripstream.eventstream.conformance;

import static io.gripstream.eventstream.conformance.TwoDoors.channels;
import static io.gripstream.eventstream.conformance.TwoDoors.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventTooLargeException;
import io.gripstream.eventstream.JsonText;
import io.gripstream.eventstream.Sent;
import io.gripstream.eventstream.StreamPosition;
import io.gripstream.eventstream.testkit.StreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sent events, and the clients that get them. */
@ClassTemplate
class EventsIT {
  @RegisterExtension
  static final TwoDoors house = TwoDoors.underEachServer();

  private static final int MAX_EVENT_BYTES = 256 * 1024;

  private final String a = unique("a");
  private final String live = unique("live");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "",
        " leading",
        "a\nb\r\nc\rd",
        "end\n",
        "\n\n",
        ": no comment",
        "id: 99\nevent: fake\ndata: x",
        "100% %I %% %(events-a)s",
        "\t\u0001\u001f\u007f",
        "grüße 日本 😀 \u2028 \u0085",
        "\"quoted\" \\ back"
      })
  void any_data_live_and_later(String data) {
    String lines = data.replace("\r\n", "\n").replace('\r', '\n');
    try (TwoClients clients = house.open(channels(a))) {
      clients.expectOpen();
      String begin = clients.lastId();
      house.send(a, data);
      clients.expectEvent(lines).expectSame();
      try (TwoClients again = house.resume(channels(a), begin)) {
        again.expectOpen().expectEvent(lines).expectSame();
        assertThat(again.lastId()).isEqualTo(clients.lastId());
      }
    }
  }

  @Test
  void to_several_channels_once_for_each() {
    String b = unique("b");
    Draft draft = Draft.of(List.of(live, b, a), "message", "x").withIdempotencyKey(b);
    try (TwoClients clients = house.open(channels(a, b, live))) {
      clients.expectOpen();
      String begin = clients.lastId();

      Sent sent = house.events().send(draft);

      assertThat(sent.ids()).containsExactly(entry(live, Event.NO_ID), entry(b, 1L), entry(a, 1L));
      assertThat(sent.position().orElseThrow().ids())
          .isEqualTo(
              StreamPosition.parse(clients.expectEvents(List.of("x", "x", "x")).lastId())
                  .ids());
      assertThat(house.events().send(draft).isRepeated()).isTrue();
      house.send(live, "after");
      clients.expectEvent("after");
      try (TwoClients again = house.resume(channels(a, b, live), begin)) {
        again.expectOpen().expectEvents(List.of("x", "x")).expectSame();
      }
    }
    assertThatThrownBy(sent(draft)::id)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("3 channels");
  }

  private static Sent sent(Draft draft) {
    return house.events().send(draft);
  }

  @Test
  void to_many_channels_have_a_lower_limit() {
    List<String> eleven = IntStream.range(0, 11).mapToObj(i -> a + i).toList();
    String data = "x".repeat(MAX_EVENT_BYTES * 10 / 11);

    house.events().send(Draft.of(eleven.subList(0, 10), "message", data));
    assertThatThrownBy(() -> house.events().send(Draft.of(eleven, "message", data)))
        .isInstanceOf(EventTooLargeException.class)
        .hasMessageContaining("too long for 11 channels: it may have at most 238312");
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(Map.of("n", 1), "{\"n\":1}"),
        Arguments.of(List.of(1, "two", 3.5), "[1,\"two\",3.5]"),
        Arguments.of("as it is", "as it is"),
        Arguments.of(new JsonText("a string"), "\"a string\""),
        Arguments.of(new JsonText(null), "null"),
        Arguments.of(true, "true"),
        Arguments.of(12_345_678_901_234L, "12345678901234"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void any_object_as_json(Object data, String text) {
    try (TwoClients clients = house.open(channels(a))) {
      clients.expectOpen();
      house.events().send(a, "message", data);
      clients.expectEvent(text).expectSame();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"my type", "50%", "k: v", "événement😀", "a\"b'c"})
  void any_type(String type) {
    try (TwoClients clients = house.open(channels(a))) {
      clients.expectOpen();
      house.events().send(a, type, "x");
      assertThat(clients.next()).extracting(StreamEvent::data).isEqualTo("x");
      clients.expectSame();
      assertThat(clients.body()).contains("event: " + type + "\n");
    }
  }

  @Nested
  class Large_ones {
    static Stream<String> patterns() {
      return Stream.of("x", "%", "\"", "\u0001", "ä", "\n");
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void of_256_kilobytes(String pattern) {
      String data = longest(pattern);
      try (TwoClients clients = house.open(channels(a))) {
        clients.expectOpen();
        String begin = clients.lastId();
        house.send(a, data);
        clients.expectEvent(data).expectSame();
        try (TwoClients again = house.resume(channels(a), begin)) {
          again.expectOpen().expectEvent(data);
          house.send(a, "after");
          again.expectEvent("after").expectSame();
        }
      }
      assertThatThrownBy(() -> house.send(a, data + "x".repeat(8)))
          .isInstanceOf(EventTooLargeException.class)
          .hasMessageContaining("262144");
    }

    /** The longest data of this pattern that is allowed. */
    private String longest(String pattern) {
      int frame = "event: message\n\n".length();
      int unit = pattern.equals("\n")
          ? "data: \n".length()
          : pattern.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
      int left = MAX_EVENT_BYTES - frame - "data: \n".length();
      return pattern.repeat(left / unit);
    }

    @Test
    void in_a_row() {
      String data = "y".repeat(200_000);
      List<String> sent = new ArrayList<>();
      try (TwoClients clients = house.open(channels(a))) {
        clients.expectOpen();
        for (int i = 0; i < 10; i++) {
          sent.add(i + data);
          house.send(a, i + data);
        }
        clients.expectEvents(sent).expectSame();
      }
    }
  }

  @Test
  void bursts_arrive_whole_and_in_order() {
    List<String> sent = new ArrayList<>();
    try (TwoClients clients = house.open(channels(a))) {
      clients.expectOpen();
      for (int i = 0; i < 1_000; i++) {
        sent.add("event " + i);
        house.send(a, "event " + i);
      }
      clients.expectEvents(sent).expectSame();
    }
  }

  @Nested
  class Skipped_users {
    private final Map<String, String> alice = Map.of("X-User", "alice");

    @Test
    void do_not_get_it_live_and_their_position_advances() {
      try (TwoClients clients = house.open(channels(a), alice);
          TwoClients others = house.open(channels(a), Map.of("X-User", "bob"))) {
        clients.expectOpen();
        others.expectOpen();
        house.sendSkipping("alice", a, "not for alice");
        house.send(a, "for all");
        clients.expectEvent("for all").expectSame();
        others.expectEvent("not for alice").expectEvent("for all").expectSame();
        assertThat(clients.lastId()).startsWith(a + ":2,").isEqualTo(others.lastId());
      }
    }

    @Test
    void do_not_get_it_later() {
      house.send(a, "1");
      house.sendSkipping("alice", a, "2");
      house.send(a, "3");
      house.sendSkipping("alice", a, "4");
      Map<String, String> back = Map.of("X-User", "alice", "Last-Event-ID", a + ":0");
      try (TwoClients clients = house.open(channels(a), back)) {
        clients.expectOpen().expectEvent("1").expectEvent("3");
        house.send(a, "5");
        clients.expectEvent("5").expectSame();
      }
      try (TwoClients clients = house.open(channels(a), Map.of("Last-Event-ID", a + ":0"))) {
        clients.expectOpen().expectEvents(List.of("1", "2", "3", "4", "5")).expectSame();
      }
    }

    @Test
    void with_names_of_any_characters() {
      for (String user : List.of("al ice", "al%20ice", "grüße 😀", "\"x\";y=z")) {
        String channel = unique("a");
        // Headers of HTTP are Latin-1 at best: the test's user goes there percent-encoded.
        try (TwoClients clients =
            house.open(channels(channel), Map.of("X-User", TwoDoors.encoded(user)))) {
          clients.expectOpen();
          house.sendSkipping(user, channel, "no");
          house.send(channel, "yes");
          clients.expectEvent("yes").expectSame();
        }
      }
    }
  }

  @Nested
  class On_unreliable_channels {
    @Test
    void come_without_ids() {
      try (TwoClients clients = house.open(channels(live))) {
        clients.expectOpen();
        house.send(live, "1", "2% %I");
        clients.expectEvent("1").expectEvent("2% %I").expectSame();
        assertThat(clients.body()).doesNotContain("id:");
      }
    }

    @Test
    void beside_reliable_ones() {
      try (TwoClients clients = house.open(channels(live, a))) {
        clients.expectOpen();
        String begin = clients.lastId();
        house.send(live, "live 1");
        clients.expectEvent("live 1");
        house.send(a, "a1");
        clients.expectEvent("a1");
        house.send(live, "live 2");
        clients.expectEvent("live 2").expectSame();
        assertThat(clients.lastId()).startsWith(a + ":1,.:");
        try (TwoClients again = house.resume(channels(live, a), begin)) {
          again.expectOpen().expectEvent("a1");
          house.send(live, "live 3");
          again.expectEvent("live 3").expectSame();
        }
      }
    }

    @Test
    void skip_users_too() {
      try (TwoClients clients = house.open(channels(live), Map.of("X-User", "alice"))) {
        clients.expectOpen();
        house.sendSkipping("alice", live, "no");
        house.send(live, "yes");
        clients.expectEvent("yes").expectSame();
      }
    }

    @Test
    void without_a_storage() {
      String path = "/unstored" + channels(a, "b");
      try (TwoClients clients = house.open(path)) {
        clients.expectOpen();
        house.unstored().send(a, "message", "1");
        clients.expectEvent("1");
        house.unstored().send("b", "50%", "2");
        clients.expectEvent("2").expectSame();
        assertThat(clients.body()).doesNotContain("id:");
      }
      try (TwoClients clients = house.resume(path, a + ":5")) {
        clients.expectOpen();
        house.unstored().send(a, "message", "3");
        clients.expectEvent("3").expectSame();
      }
    }
  }
}
