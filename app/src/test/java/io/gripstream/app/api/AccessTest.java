package io.gripstream.app.api;

import static io.gripstream.app.api.Credentials.NARROW;
import static io.gripstream.app.api.Credentials.ROOT;
import static io.gripstream.app.api.Credentials.reader;
import static io.gripstream.app.api.Credentials.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rights of tokens, API keys and anonymous callers. */
class AccessTest extends TwoServers {
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
