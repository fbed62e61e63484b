package io.gripstream.app.api;

import static io.gripstream.app.api.Credentials.ROOT;
import static io.gripstream.app.api.Credentials.reader;
import static io.gripstream.app.api.Credentials.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.StreamClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is read of events and channels without a stream. */
class ReadApiTest extends TwoServers {
  @Test
  void history_leaves_out_skipped_events_and_continues_page_by_page() {
    publishUpTo(5, 2);
    String bearer = "Bearer " + token("ann", List.of(), List.of("room-1"), 60);

    Answer first = server.get("/api/history?channel=room-1&limit=3", "Authorization", bearer);
    assertThat(data(first)).containsExactly("1", "3");
    assertThat(first.json().get("next").longValue()).isEqualTo(3);
    assertThat(first.json().get("incomplete").booleanValue()).isFalse();
    Answer second = server.get("/api/history?channel=room-1&since=3", "Authorization", bearer);
    assertThat(second
            .json()
            .at("/events")
            .valueStream()
            .map(event -> event.get("id").longValue()))
        .containsExactly(4L, 5L);
    assertThat(second.json().get("next").isNull()).isTrue();
    assertThat(
            server.get("/api/history?channel=room-1", "X-API-Key", ROOT).json().get("events"))
        .hasSize(5);
  }

  @Test
  void last_events_come_oldest_first_without_skipped_ones() {
    publishUpTo(5, 4);
    String path = "/api/history?channel=room-1&last=";
    String ann = "Bearer " + token("ann", List.of(), List.of("room-1"), 60);
    String bob = "Bearer " + token("bob", List.of(), List.of("room-2"), 60);

    assertThat(data(server.get(path + 3, "X-API-Key", ROOT))).containsExactly("3", "4", "5");
    assertThat(data(server.get(path + 3, "Authorization", ann))).containsExactly("3", "5");
    Answer all = server.get(path + 1_000, "X-API-Key", ROOT);
    assertThat(data(all)).containsExactly("1", "2", "3", "4", "5");
    assertThat(all.json().get("next").isNull()).isTrue();
    assertThat(all.json().get("incomplete").booleanValue())
        .as("nothing was removed")
        .isFalse();
    assertThat(server.get(path + 3, "Authorization", bob).status()).isEqualTo(403);
    assertThat(server.get(path + 3).status()).isEqualTo(401);

    server.delete("/api/history?channel=room-1&up_to=3", "X-API-Key", ROOT);
    Answer complete = server.get(path + 2, "X-API-Key", ROOT);
    assertThat(data(complete)).containsExactly("4", "5");
    assertThat(complete.json().get("incomplete").booleanValue()).isFalse();
    Answer incomplete = server.get(path + 3, "X-API-Key", ROOT);
    assertThat(data(incomplete)).containsExactly("4", "5");
    assertThat(incomplete.json().get("incomplete").booleanValue()).isTrue();
    Answer nothing = server.get("/api/history?channel=room-7&last=3", "X-API-Key", ROOT);
    assertThat(data(nothing)).isEmpty();
    assertThat(nothing.json().get("incomplete").booleanValue()).isFalse();
  }

  @Test
  void wrong_queries_are_refused_by_name() {
    assertThat(server.get("/api/history", "X-API-Key", ROOT).error())
        .isEqualTo("400 bad_request: query parameter channel is needed, once");
    assertThat(server.get("/api/history?channel=a&limit=0", "X-API-Key", ROOT).error())
        .isEqualTo(
            "400 bad_request: query parameter limit must be a whole number from 1 to 1000, not \"0\"");
    assertThat(server.get("/api/history?channel=a&since=x", "X-API-Key", ROOT).error())
        .isEqualTo(
            "400 bad_request: query parameter since must be a whole number from 0, not \"x\"");
    for (String last : List.of("0", "-1", "1001", "x", "", "99999999999999999999")) {
      assertThat(server
              .get("/api/history?channel=a&last=" + last, "X-API-Key", ROOT)
              .error())
          .isEqualTo(
              "400 bad_request: query parameter last must be a whole number from 1 to 1000, not \""
                  + last + "\"");
    }
    for (String with : List.of("since=0", "limit=3")) {
      assertThat(server
              .get("/api/history?channel=a&last=3&" + with, "X-API-Key", ROOT)
              .error())
          .isEqualTo(
              "400 bad_request: query parameter last cannot be combined with since or limit");
    }
    assertThat(server.get("/api/position", "X-API-Key", ROOT).error())
        .isEqualTo("400 bad_request: query parameter channel is needed, once to 10 times");
  }

  @Test
  void admins_see_the_channels_of_an_instance() {
    Map<String, String> ann = reader("ann", "*");
    try (StreamClient one = server.open("/events?channel=a&channel=b", ann);
        StreamClient two = server.open("/events/b", ann)) {
      one.expectOpen();
      two.expectOpen();
      assertThat(server.get("/api/channels", "X-API-Key", ROOT).body())
          .isEqualTo("{\"channels\":{\"a\":1,\"b\":2}}");
      assertThat(other.get("/api/channels", "X-API-Key", ROOT).body())
          .isEqualTo("{\"channels\":{}}");
    }
  }
}
