package io.gripstream.eventstream.conformance;

import static io.gripstream.eventstream.conformance.TwoDoors.channels;
import static io.gripstream.eventstream.conformance.TwoDoors.encoded;
import static io.gripstream.eventstream.conformance.TwoDoors.unique;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which channels a stream has, and what they may be called. */
@ClassTemplate
class ChannelsIT {
  @RegisterExtension
  static final TwoDoors house = TwoDoors.underEachServer();

  @Test
  void of_the_query() {
    String a = unique("a");
    String b = unique("b");
    try (TwoClients clients = house.open(channels(b, a))) {
      clients.expectOpen();
      house.send(a, "1");
      clients.expectEvent("1");
      house.send(b, "2");
      clients.expectEvent("2");
      house.send(a, "3");
      clients.expectEvent("3").expectSame();
      assertThat(clients.lastId()).startsWith(a + ":2," + b + ":1,.:");
    }
  }

  @Test
  void of_the_path_which_makes_the_query_ignored() {
    String room = unique("room");
    try (TwoClients clients = house.open("/events/" + room + "?channel=other")) {
      clients.expectOpen();
      house.send("other", "no");
      house.send(room, "yes");
      clients.expectEvent("yes").expectSame();
    }
  }

  @Test
  void fixed_by_the_route() {
    try (TwoClients clients = house.open("/fixed?channel=other")) {
      clients.expectOpen();
      house.send("other", "no");
      house.send("fixed-a", "1");
      clients.expectEvent("1");
      house.send("fixed-b", "2");
      clients.expectEvent("2").expectSame();
    }
  }

  @Test
  void made_from_path_parameters() {
    String id = unique("7 %");
    try (TwoClients clients = house.open("/objects/" + encoded(id) + "/lid/events?channel=x")) {
      clients.expectOpen();
      house.send("object-" + id, "1");
      clients.expectEvent("1");
      house.send("lid-of-" + id, "2");
      clients.expectEvent("2").expectSame();
    }
  }

  @Test
  void chosen_by_the_application_from_the_whole_request() {
    String own = unique("own");
    try (TwoClients clients = house.open(channels("other"), Map.of("X-Channels", own))) {
      clients.expectOpen();
      house.send(own, "1");
      clients.expectEvent("1").expectSame();
    }
  }

  @Test
  void named_twice_count_once() {
    String a = unique("a");
    try (TwoClients clients = house.open(channels(a, a, a))) {
      clients.expectOpen();
      house.send(a, "1");
      clients.expectEvent("1");
      house.send(a, "2");
      clients.expectEvent("2").expectSame();
    }
  }

  @Test
  void ten_at_most() {
    String[] names = IntStream.range(0, 11).mapToObj(i -> unique("n")).toArray(String[]::new);
    try (TwoClients clients = house.open(channels(Arrays.copyOf(names, 10)))) {
      clients.expectOpen();
      house.send(names[9], "1");
      clients.expectEvent("1").expectSame();
    }
    expectBadRequest(channels(names), "Channel limit exceeded.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/events", "/events?other=1"})
  void none_at_all(String path) {
    expectBadRequest(path, "No channels specified.");
  }

  /** See {@code UndecodableTest} for what Java's own clients do not send. */
  @Test
  void an_undecodable_parameter_is_refused_not_left_out() {
    String text = " is not percent-encoded UTF-8.";
    for (String broken : List.of("%FF", "a%C3", "%ED%A0%80")) {
      expectBadRequest(
          "/events?channel=" + broken + "&channel=b", "query parameter channel" + text);
    }
    expectBadRequest("/events?channel=b&lastEventId=%FF", "query parameter lastEventId" + text);
    // Parameters without a meaning are not checked.
    for (String path : List.of("/fixed?channel=%FF", "/events?channel=b&other=%FF&%FF=1")) {
      try (TwoClients clients = house.open(path)) {
        clients.expectOpen();
      }
    }
  }

  @Test
  void names_that_are_none() {
    expectBadRequest("/events?channel=", "channel name is empty.");
    expectBadRequest("/events?channel=.", "channel name \\\".\\\" is reserved.");
    expectBadRequest(
        "/events?channel=a%0Ab", "channel name has control character U+000A at index 1.");
    for (String pattern : List.of("*", "room-*", "a*b")) {
      String text = "channel name \\\"" + pattern
          + "\\\" has a *; patterns are for tokens, so name each channel.";
      expectBadRequest("/events?channel=a&channel=" + pattern, text);
      expectBadRequest("/events/" + pattern, text);
    }
    expectBadRequest(
        channels("x".repeat(256)),
        "channel name has 256 bytes when percent-encoded, more than 255");
  }

  @Test
  void a_position_too_long_for_a_header() {
    String[] names =
        IntStream.range(0, 9).mapToObj(i -> i + "x".repeat(220)).toArray(String[]::new);
    expectBadRequest(channels(names), "The position of these channels is longer than 2000 bytes.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b", "100%", "%20", "%I", "a,b", "a:b", "a;b=c", "\"q'", "back\\slash", "f(x)!$@", "a+b",
        "a&b=c?#", "<b>[x]{y}|^`", "grüße", "日本", "😀", "sl/ash", "../up", "~next", "..", " lead",
            "A-z_0.9~"
      })
  void any_legal_name(String start) {
    String name = unique(start);
    try (TwoClients clients = house.open(channels(name))) {
      clients.expectOpen();
      String begin = clients.lastId();
      house.send(name, "100% %I", "ä\n😀");
      clients.expectEvent("100% %I").expectEvent("ä\n😀").expectSame();
      try (TwoClients again = house.resume(channels(name), begin)) {
        again.expectOpen().expectEvent("100% %I").expectEvent("ä\n😀");
        house.send(name, "live");
        again.expectEvent("live").expectSame();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b", "100%", "%20", "a,b;c:d", "\"q'", "a+b", "a&b=c?#", "grüße", "😀", "~next", "{x}"
      })
  void any_legal_name_in_a_path(String start) {
    String name = unique(start);
    try (TwoClients clients = house.open("/events/" + encoded(name))) {
      clients.expectOpen();
      house.send(name, "1");
      clients.expectEvent("1").expectSame();
    }
  }

  @Test
  void the_longest_name() {
    String name = unique("x".repeat(200));
    name = name + "y".repeat(255 - name.length());
    try (TwoClients clients = house.open(channels(name))) {
      clients.expectOpen();
      house.send(name, "1");
      clients.expectEvent("1").expectSame();
    }
  }

  private static void expectBadRequest(String path, String text) {
    try (TwoClients clients = house.open(path)) {
      clients.expectStatus(200).expectError("bad-request").expectEnd().expectSame();
      assertThat(clients.body())
          .startsWith(
              "event: stream-error\nid: error\ndata: {\"condition\":\"bad-request\",\"text\":"
                  + "\"Invalid request: " + text);
    }
  }
}
