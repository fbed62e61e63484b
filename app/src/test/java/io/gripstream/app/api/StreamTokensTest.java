package io.gripstream.app.api;

import static io.gripstream.app.api.Credentials.ROOT;
import static io.gripstream.app.api.Credentials.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.StreamClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Where a stream, a position and a history take their token from, and how a stream ends with it.
 */
class StreamTokensTest extends TwoServers {
  private @Nullable TestServer reading;

  @AfterEach
  void stopReading() {
    if (reading != null) {
      reading.close();
    }
  }

  @Test
  void a_stream_takes_its_token_from_header_or_cookie_and_its_channels_from_the_token() {
    String token = token("ann", List.of(), List.of("room-*"), 60);
    try (StreamClient client =
        server.open("/events/room-1", Map.of("Cookie", "gripstream_token=" + token))) {
      client.expectOpen();
    }
    try (StreamClient client = server.open(
        "/events?channel=room-1&channel=news", Map.of("Authorization", "Bearer " + token))) {
      assertThat(client.expectError("forbidden").data()).contains("\"channels\":[\"news\"]");
    }
    // A page must not be able to publish with a cookie that it does not know.
    assertThat(server
            .post("/api/publish", EVENT, "Cookie", "gripstream_token=" + token)
            .status())
        .isEqualTo(401);
  }

  @Test
  void another_scheme_in_authorization_is_no_token() {
    String cookie = "gripstream_token=" + token("ann", List.of(), List.of("room-*"), 60);
    assertThat(server.post("/api/publish", EVENT, "Authorization", "Basic abc").error())
        .isEqualTo(
            "401 unauthorized: a credential is needed: Authorization: Bearer TOKEN, or X-API-Key: KEY");
    assertThat(server
            .post("/api/publish", EVENT, "Authorization", "Basic abc", "X-API-Key", ROOT)
            .status())
        .isEqualTo(200);
    try (StreamClient client =
        server.open("/events/room-1", Map.of("Authorization", "Basic abc", "Cookie", cookie))) {
      client.expectOpen();
    }
    try (StreamClient client =
        openPublic("/events/public-1", Map.of("Authorization", "Basic abc"))) {
      client.expectOpen();
    }
  }

  @Test
  void of_several_cookies_the_first_valid_one_counts() {
    String expired = "gripstream_token=" + token("ann", List.of(), List.of("room-1"), -60);
    String valid = "gripstream_token=" + token("ann", List.of(), List.of("room-1"), 60);
    String other = "gripstream_token=" + token("ann", List.of(), List.of("news"), 60);
    for (String cookies : List.of(
        expired + "; " + valid,
        "a=b; gripstream_token=x; " + valid + "; " + expired,
        valid + "; " + other)) {
      try (StreamClient client = server.open("/events/room-1", Map.of("Cookie", cookies))) {
        client.expectOpen();
      }
      assertThat(server.get("/api/history?channel=room-1", "Cookie", cookies).status())
          .isEqualTo(200);
    }
    assertThat(server
            .get("/events/room-1", "Cookie", expired + "; gripstream_token=x")
            .error())
        .startsWith("401 unauthorized: the token expired at ");
  }

  @Test
  void an_expired_cookie_is_ignored_if_anonymous_callers_may_read_all_requested_channels() {
    Map<String, String> expired =
        Map.of("Cookie", "gripstream_token=" + token("ann", List.of(), List.of("room-1"), -60));
    try (StreamClient client = openPublic("/events?channel=public-1&channel=public-2", expired)) {
      client.expectOpen();
    }
    for (String path : List.of(
        "/events?channel=public-1&channel=room-1",
        "/events/room-1",
        "/objects/7/events",
        "/events")) {
      try (StreamClient client = openPublic(path, expired)) {
        assertThat(client.status()).as(path).isEqualTo(401);
      }
    }
  }

  @Test
  void position_and_history_take_the_cookie_as_streams_do() {
    publishUpTo(3, 2);
    String cookie = "gripstream_token=" + token("ann", List.of(), List.of("room-*"), 60);
    String over = "gripstream_token=" + token("ann", List.of(), List.of("room-*"), -60);

    assertThat(server.get("/api/position?channel=room-1", "Cookie", cookie).body())
        .startsWith("{\"position\":\"room-1:3,.:");
    Answer history = server.get("/api/history?channel=room-1", "Cookie", over + "; " + cookie);
    assertThat(data(history)).containsExactly("1", "3");
    for (String path : List.of("/api/position?channel=", "/api/history?channel=")) {
      assertThat(server.get(path + "news", "Cookie", cookie).error())
          .isEqualTo("403 forbidden: this credential may not read channel \"news\"");
      assertThat(server.get(path + "room-1", "Cookie", over).error())
          .startsWith("401 unauthorized: the token expired at ");
      assertThat(server.get(path + "room-*", "Cookie", cookie).error())
          .isEqualTo("400 bad_request: channel name \"room-*\" has a *; patterns are for tokens, so"
              + " name each channel");
      // A foreign page that embeds the answer without a preflight request learns nothing.
      assertThat(server.get(path + "room-1", "Cookie", cookie).header("x-content-type-options"))
          .isEqualTo("nosniff");
      assertThat(
              server.get(path + "room-1", "Cookie", cookie).header("cross-origin-resource-policy"))
          .isEqualTo("same-origin");
    }
  }

  @Test
  void a_stream_ends_with_its_token() {
    String token = token("ann", List.of(), List.of("room-*"), 2);
    try (StreamClient client =
        server.open("/events/room-1", Map.of("Authorization", "Bearer " + token))) {
      client.expectOpen();
      client.expectError("token-expired");
      client.expectEnd();
    }
  }

  private StreamClient openPublic(String path, Map<String, String> headers) {
    if (reading == null) {
      Map<String, String> more = new HashMap<>(environment);
      more.put("GRIPSTREAM_CHANNEL_RULES", "[{channels: 'public-*', anonymous: true}]");
      reading = TestServer.start(more);
    }
    return reading.open(path, headers);
  }
}
