package io.gripstream.app.api;

import static io.gripstream.app.api.Credentials.NARROW;
import static io.gripstream.app.api.Credentials.ROOT;
import static io.gripstream.app.api.Credentials.SECRET;
import static io.gripstream.app.api.Credentials.reader;
import static io.gripstream.app.api.Credentials.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights of tokens, API keys and anonymous callers; the end of a token. */
class AccessTest {
  private static final String NEXT = "2b1c3f9a8b7c6d5e4f3a";
  private static final String EVENT = "{\"channel\":\"room-1\",\"data\":1}";

  @TempDir
  Path directory;

  private Map<String, String> environment = Map.of();
  private TestServer server;
  private TestServer other;
  private @Nullable TestServer reading;

  @BeforeEach
  void start() throws java.io.IOException {
    Path config = Files.writeString(
        directory.resolve("gripstream.yaml"), """
        token_secret: %s
        api_keys:
          - %s
          - %s
          - key: %s
            publish: [room-*]
        routes:
          - path: /objects/{id}/events
            channels: ["object-{id}"]
            rewind: 1
        """.formatted(SECRET, ROOT, NEXT, NARROW));
    environment = Map.of(
        "GRIPSTREAM_CONFIG",
        config.toString(),
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"));
    server = TestServer.start(environment);
    other = TestServer.start(environment);
  }

  @AfterEach
  void stop() {
    server.close();
    other.close();
    if (reading != null) {
      reading.close();
    }
  }

  @Test
  void without_a_credential_nothing_is_served_but_health_and_pages() {
    String error =
        "401 unauthorized: a credential is needed: Authorization: Bearer TOKEN, or X-API-Key: KEY";
    assertThat(server.post("/api/publish", EVENT).error()).isEqualTo(error);
    assertThat(server.post("/api/batch", "[]").error()).isEqualTo(error);
    assertThat(server.get("/api/position?channel=a").error()).isEqualTo(error);
    assertThat(server.get("/api/history?channel=a").error()).isEqualTo(error);
    assertThat(server.get("/api/channels").error()).isEqualTo(error);
    assertThat(server.post("/api/revoke", "{}").error()).isEqualTo(error);
    assertThat(server.get("/metrics").error()).isEqualTo(error);
    assertThat(server.get("/events?channel=a").error()).isEqualTo(error);
    assertThat(server.get("/events?channel=a").header("www-authenticate")).isEqualTo("Bearer");
    assertThat(server.get("/objects/7/events").error()).isEqualTo(error);
    assertThat(server.get("/health/live").status()).isEqualTo(200);
    assertThat(server.get("/health/ready").status()).isEqualTo(200);
    assertThat(server.get("/openapi.yaml").status()).isEqualTo(200);
    assertThat(server.get("/").status()).isEqualTo(200);
  }

  @Test
  void a_route_of_the_configuration_begins_with_past_events() {
    for (String data : List.of("first", "second")) {
      server.post(
          "/api/publish",
          "{\"channel\":\"object-7\",\"data\":\"%s\"}".formatted(data),
          "X-API-Key",
          ROOT);
    }
    try (StreamClient client = server.open("/objects/7/events", Map.of("X-API-Key", ROOT))) {
      client.expectOpen().expectEvents(List.of("second"));
    }
  }

  @Test
  void anonymous_callers_can_be_held_to_channels_that_exist() {
    Map<String, String> held = new HashMap<>(environment);
    held.put("GRIPSTREAM_CHANNEL_RULES", "[{channels: 'public-*, open', anonymous: true}]");
    held.put("GRIPSTREAM_ANONYMOUS_EXISTING_ONLY", "true");
    try (TestServer strict = TestServer.start(held)) {
      URI uri = URI.create(strict.url());
      try (StreamClient unheard = StreamClient.open(uri.resolve("/events/public-1"));
          StreamClient named = StreamClient.open(uri.resolve("/events/open"));
          StreamClient known =
              StreamClient.open(uri.resolve("/events/public-1"), Map.of("X-API-Key", ROOT))) {
        unheard.expectError("forbidden");
        named.expectOpen();
        known.expectOpen();
      }
      String event = "{\"channel\":\"public-1\",\"data\":1}";
      assertThat(strict.post("/api/publish", event, "X-API-Key", ROOT).status()).isEqualTo(200);
      try (StreamClient heard = StreamClient.open(uri.resolve("/events/public-1"))) {
        heard.expectOpen();
      }
    }
  }

  @Test
  void either_of_two_api_keys_is_good_in_either_header() {
    assertThat(server.post("/api/publish", EVENT, "X-API-Key", ROOT).status()).isEqualTo(200);
    assertThat(server.post("/api/publish", EVENT, "X-API-Key", NEXT).status()).isEqualTo(200);
    assertThat(server
            .post("/api/publish", EVENT, "Authorization", "Bearer " + ROOT)
            .status())
        .isEqualTo(200);
    assertThat(server.post("/api/publish", EVENT, "X-API-Key", ROOT + "x").error())
        .isEqualTo("401 unauthorized: the API key is not one of the configured ones");
  }

  @Test
  void a_key_of_few_rights_has_no_others() {
    assertThat(server.post("/api/publish", EVENT, "X-API-Key", NARROW).status()).isEqualTo(200);
    assertThat(server
            .post("/api/publish", "{\"channel\":\"news\",\"data\":1}", "X-API-Key", NARROW)
            .error())
        .isEqualTo("403 forbidden: this credential may not publish to channel \"news\"");
    assertThat(server
            .post(
                "/api/publish",
                "{\"channels\":[\"room-1\",\"news\",\"more\"],\"data\":\"none\"}",
                "X-API-Key",
                NARROW)
            .error())
        .isEqualTo("403 forbidden: this credential may not publish to channel \"news\"");
    assertThat(server.get("/api/position?channel=room-1", "X-API-Key", ROOT).body())
        .as("nothing of it was sent")
        .startsWith("{\"position\":\"room-1:1,");
    assertThat(server.get("/metrics", "X-API-Key", NARROW).error())
        .isEqualTo("403 forbidden: this credential has no right to administer (claim admin)");
    assertThat(server
            .post(
                "/api/batch",
                "[" + EVENT + ",{\"channel\":\"news\",\"data\":1}]",
                "X-API-Key",
                NARROW)
            .json()
            .at("/1/error/code")
            .stringValue())
        .isEqualTo("forbidden");
  }

  @Test
  void a_token_publishes_and_reads_as_its_claims_allow() {
    String bearer = "Bearer " + token("ann", List.of("room-*"), List.of("room-1"), 60);

    assertThat(server.post("/api/publish", EVENT, "Authorization", bearer).status())
        .isEqualTo(200);
    assertThat(server
            .post("/api/publish", "{\"channel\":\"news\",\"data\":1}", "Authorization", bearer)
            .error())
        .isEqualTo("403 forbidden: this credential may not publish to channel \"news\"");
    assertThat(
            server.get("/api/position?channel=room-1", "Authorization", bearer).body())
        .startsWith("{\"position\":\"room-1:1,.:");
    assertThat(
            server.get("/api/position?channel=room-2", "Authorization", bearer).error())
        .isEqualTo("403 forbidden: this credential may not read channel \"room-2\"");
    assertThat(server.get("/api/channels", "Authorization", bearer).status()).isEqualTo(403);
    String reader = "Bearer " + token("ann", List.of(), List.of("room-1"), 60);
    assertThat(server.post("/api/publish", EVENT, "Authorization", reader).error())
        .isEqualTo("403 forbidden: this credential may publish nothing (claim publish)");
  }

  @Test
  void a_wrong_and_an_expired_token_get_different_messages() {
    assertThat(server.get("/events/room-1", "Authorization", "Bearer a.b.c").error())
        .isEqualTo("401 unauthorized: the token is not a JWT signed with the configured key");
    assertThat(server
            .get(
                "/events/room-1",
                "Authorization",
                "Bearer " + token("ann", List.of(), List.of("*"), -60))
            .error())
        .startsWith("401 unauthorized: the token expired at ");
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

  /** Publishes 1, 2, 3 … to room-1; ann does not get one of them. */
  private void publishUpTo(int last, int skipped) {
    for (int i = 1; i <= last; i++) {
      String skip = i == skipped ? ",\"skip_user_ids\":[\"ann\"]" : "";
      server.post(
          "/api/publish",
          "{\"channel\":\"room-1\",\"data\":\"" + i + "\"" + skip + "}",
          "X-API-Key",
          ROOT);
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
  void a_page_of_a_foreign_origin_reads_nothing_with_the_cookie_and_changes_nothing() {
    Map<String, String> more = new HashMap<>(environment);
    more.put("GRIPSTREAM_CORS_ALLOW_ORIGINS", "https://app.example");
    more.put("GRIPSTREAM_CORS_ALLOW_CREDENTIALS", "true");
    String cookie = "gripstream_token=" + token("ann", List.of("*"), List.of("*"), 60);
    try (TestServer open = TestServer.start(more)) {
      open.post("/api/publish", EVENT, "X-API-Key", ROOT);
      String before = open.get("/api/position?channel=room-1", "Cookie", cookie).body();
      for (String origin : List.of(
          "https://evil.example",
          "https://app.example.evil.example",
          "http://app.example",
          "null")) {
        for (String path : List.of("/api/position?channel=room-1", "/api/history?channel=room-1")) {
          Answer read = open.get(path, "Cookie", cookie, "Origin", origin);
          assertThat(read.status()).isEqualTo(200);
          assertThat(read.header("access-control-allow-origin")).as(origin).isEmpty();
          assertThat(read.header("access-control-allow-credentials")).isEmpty();
          assertThat(read.header("vary")).contains("Origin");
          assertThat(read.header("cache-control")).isEqualTo("no-store");
          try (StreamClient preflight = StreamClient.request(
              "OPTIONS",
              URI.create(open.url() + path),
              Map.of("Origin", origin, "Access-Control-Request-Method", "GET"))) {
            assertThat(preflight.header("Access-Control-Allow-Origin")).isNull();
            assertThat(preflight.header("Access-Control-Allow-Methods")).isNull();
          }
        }
        for (String path : List.of("/api/publish", "/api/batch", "/api/revoke")) {
          assertThat(open.post(path, EVENT, "Cookie", cookie, "Origin", origin).status())
              .isEqualTo(401);
        }
      }
      assertThat(open.get("/api/position?channel=room-1", "Cookie", cookie).body())
          .isEqualTo(before);
      Answer own = open.get(
          "/api/position?channel=room-1", "Cookie", cookie, "Origin", "https://app.example");
      assertThat(own.header("access-control-allow-origin")).isEqualTo("https://app.example");
      assertThat(own.header("access-control-allow-credentials")).isEqualTo("true");
    }
  }

  @Test
  void a_page_of_an_allowed_origin_reads_and_changes_nothing() {
    Map<String, String> more = new HashMap<>(environment);
    more.put("GRIPSTREAM_CORS_ALLOW_ORIGINS", "https://app.example");
    more.put("GRIPSTREAM_CORS_ALLOW_CREDENTIALS", "true");
    more.put("GRIPSTREAM_CORS_ALLOW_HEADERS", "Content-Type, X-API-Key");
    String cookie = "gripstream_token=" + token("ann", List.of("*"), List.of("*"), 60);
    try (TestServer open = TestServer.start(more)) {
      for (String path : List.of("/api/publish", "/api/batch", "/api/revoke", "/console/session")) {
        assertThat(open.post(path, EVENT, "Cookie", cookie, "Origin", "https://app.example")
                .status())
            .as(path)
            .isEqualTo(401);
        try (StreamClient preflight = StreamClient.request(
            "OPTIONS",
            URI.create(open.url() + path),
            Map.of(
                "Origin", "https://app.example",
                "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "content-type"))) {
          assertThat(preflight.status()).as(path).isEqualTo(404);
          assertThat(preflight.header("Access-Control-Allow-Headers")).isNull();
        }
      }
    }
  }

  @Test
  void every_answer_to_an_allowed_origin_says_so_refusals_too() {
    try (TestServer open = TestServer.start(Map.of(
        "DATABASE_URL", "none",
        "GRIPSTREAM_API_KEYS", ROOT,
        "GRIPSTREAM_TOKEN_SECRET", SECRET,
        "GRIPSTREAM_CORS_ALLOW_ORIGINS", "https://APP.example:443",
        "GRIPSTREAM_CORS_ALLOW_CREDENTIALS", "true"))) {
      for (String path : List.of(
          "/events/room-1",
          "/api/position?channel=a",
          "/api/history?channel=a",
          "/api/history?channel=a&limit=x",
          "/api/nothing")) {
        for (String who : List.of("", ROOT, "wrong")) {
          String[] key = {"X-API-Key", who, "Origin", "https://app.example"};
          if (path.startsWith("/events") && who.equals(ROOT)) {
            continue;
          }
          Answer answer = open.get(path, key);
          assertThat(answer.header("access-control-allow-origin"))
              .as(path)
              .isEqualTo("https://app.example");
          assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
          assertThat(answer.header("vary")).contains("Origin");
          Answer foreign = open.get(path, "Origin", "https://evil.example");
          assertThat(foreign.header("access-control-allow-origin")).isEmpty();
          assertThat(foreign.header("vary")).contains("Origin");
        }
      }
      try (StreamClient preflight = StreamClient.request(
          "OPTIONS",
          URI.create(open.url() + "/api/history"),
          Map.of("Origin", "https://app.example", "Access-Control-Request-Method", "GET"))) {
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Methods")).isEqualTo("GET, HEAD");
      }
      try (StreamClient stream =
          open.open("/events/a", Map.of("Origin", "https://app.example", "X-API-Key", ROOT))) {
        stream.expectOpen();
        assertThat(stream.header("Vary")).isEqualTo("Origin");
      }
    }
  }

  @Test
  void every_origin_together_with_cookies_is_refused_at_start() {
    Map<String, String> more = new HashMap<>(environment);
    more.put("GRIPSTREAM_CORS_ALLOW_ORIGINS", "*");
    more.put("GRIPSTREAM_CORS_ALLOW_CREDENTIALS", "true");

    assertThatThrownBy(() -> TestServer.start(more))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("would let every site read a user's streams");
  }

  private StreamClient openPublic(String path, Map<String, String> headers) {
    if (reading == null) {
      Map<String, String> more = new HashMap<>(environment);
      more.put("GRIPSTREAM_CHANNEL_RULES", "[{channels: 'public-*', anonymous: true}]");
      reading = TestServer.start(more);
    }
    return reading.open(path, headers);
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

  private static List<String> data(Answer history) {
    return history
        .json()
        .at("/events")
        .valueStream()
        .map(event -> event.get("data").stringValue())
        .toList();
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

  @Test
  void the_servers_own_key_opens_its_test_channel_and_nothing_else() {
    assertThat(
            server.post("/api/publish", EVENT, "X-API-Key", TestServer.OWN_KEY).status())
        .isEqualTo(403);
    try (StreamClient client =
        server.open("/events?channel=gripstream/ready", Map.of("X-API-Key", TestServer.OWN_KEY))) {
      client.expectOpen();
    }
    try (StreamClient client =
        server.open("/events/room-1", Map.of("X-API-Key", TestServer.OWN_KEY))) {
      client.expectError("forbidden");
    }
  }
}
