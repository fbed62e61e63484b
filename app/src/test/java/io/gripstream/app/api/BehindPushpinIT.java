package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.auth.TokenSigner;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights of callers behind a real Pushpin. */
class BehindPushpinIT {
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";
  private static final String OTHER_KEY = "a1b2c3d4e5f60718293a";
  private static final String SECRET = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";

  @TempDir
  Path directory;

  private final int port = Ports.free(1).get(0);
  private Pushpin pushpin;

  @BeforeEach
  void start() {
    pushpin = Pushpin.forOrigin(port);
  }

  @AfterEach
  void stop() {
    pushpin.close();
  }

  /** That key is Pushpin's default: a page could make such a signature itself. */
  @Test
  void with_a_key_of_the_run_streams_through_a_proxy_whose_key_is_known_are_for_this_machine() {
    try (TestServer server = serve(Map.of("PORT", Integer.toString(port)))) {
      pushpin.awaitStream("/events/ready");
      try (StreamClient channels =
          StreamClient.open(uri("/api/channels"), Map.of("Connection", "close"))) {
        channels.expectEnd();
        assertThat(channels.status()).isEqualTo(401);
      }
      try (StreamClient rebound = StreamClient.open(
          uri("/events/news"), Map.of("Host", "any.example", "Connection", "close"))) {
        assertThat(rebound.status()).isEqualTo(403);
      }
      try (StreamClient client = StreamClient.open(uri("/events/news"))) {
        client.expectOpen();
        assertThat(
                server.post("/api/publish", "{\"channel\":\"news\",\"data\":1}").status())
            .isEqualTo(200);
        client.expectEvent("1");
      }
    }
  }

  @Test
  void a_stream_that_the_proxy_holds_ends_with_its_token_too() {
    try (TestServer server = serve(withKeys(Map.of("PORT", Integer.toString(port))))) {
      pushpin.awaitStream("/events/room-1", Map.of("X-API-Key", KEY));
      try (StreamClient client = StreamClient.open(uri("/events/room-1"), bearer("ann", 3))) {
        client.expectOpen();
        assertThat(server.get("/api/channels", "X-API-Key", KEY).body())
            .isEqualTo("{\"channels\":{}}");
        client.expectError("token-expired");
        client.expectEnd();
      }
    }
  }

  @Test
  void a_revocation_on_one_instance_ends_streams_that_the_proxy_holds_for_another() {
    try (TestServer server = serve(withKeys(Map.of("PORT", Integer.toString(port))));
        TestServer other = serve(withKeys(Map.of()))) {
      pushpin.awaitStream("/events/room-1", Map.of("X-API-Key", KEY));
      try (StreamClient ann = StreamClient.open(uri("/events/room-1"), bearer("ann", 600));
          StreamClient bob = StreamClient.open(uri("/events/room-1"), bearer("bob", 600))) {
        ann.expectOpen();
        bob.expectOpen();

        String entry = "{\"user\":\"ann\",\"channel\":\"room-1\"}";
        assertThat(other.post("/api/revoke", entry, "X-API-Key", KEY).status()).isEqualTo(200);

        ann.expectError("forbidden");
        ann.expectEnd();
        server.post("/api/publish", "{\"channel\":\"room-1\",\"data\":2}", "X-API-Key", KEY);
        bob.expectEvent("2");
        try (StreamClient again = StreamClient.open(uri("/events/room-1"), bearer("ann", 600))) {
          again.expectError("forbidden");
        }
        assertThat(other
                .delete("/api/revoke?user=ann&channel=room-1", "X-API-Key", KEY)
                .status())
            .isEqualTo(200);
        io.gripstream.eventstream.testkit.Eventually.within(Duration.ofSeconds(5), () -> {
          try (StreamClient back = StreamClient.open(uri("/events/room-1"), bearer("ann", 600))) {
            back.expectOpen();
          }
        });
      }
    }
  }

  /** Each of them was refused when it came anew, and went on for as long as its client stayed. */
  @Test
  void streams_end_when_their_credential_is_removed_from_the_configuration() {
    Map<String, String> removed = Map.of(
        "PORT",
        Integer.toString(port),
        "GRIPSTREAM_API_KEYS",
        "[" + KEY + ", {key: " + OTHER_KEY + ", subscribe: ['*']}]",
        "GRIPSTREAM_TOKEN_SECRET",
        SECRET,
        "GRIPSTREAM_CHANNEL_RULES",
        "[{channels: 'public-*, open-*', anonymous: true}]");
    Map<String, String> left = Map.of(
        "PORT",
        Integer.toString(port),
        "GRIPSTREAM_API_KEYS",
        "[" + KEY + "]",
        "GRIPSTREAM_TOKEN_SECRET",
        "another0token0secret0of0thirty2bytes",
        "GRIPSTREAM_CHANNEL_RULES",
        "[{channels: 'open-*', anonymous: true}]");
    StreamClient anonymous;
    StreamClient stays;
    StreamClient token;
    StreamClient key;
    StreamClient keyStays;
    TestServer before = serve(removed);
    try (before) {
      pushpin.awaitStream("/events/room-1", Map.of("X-API-Key", KEY));
      anonymous = StreamClient.open(uri("/events/public-x"));
      stays = StreamClient.open(uri("/events/open-x"));
      token = StreamClient.open(uri("/events/room-1"), bearer("ann", 3_600));
      key = StreamClient.open(uri("/events/secret-x"), Map.of("X-API-Key", OTHER_KEY));
      keyStays = StreamClient.open(uri("/events/secret-x"), Map.of("X-API-Key", KEY));
      List.of(anonymous, stays, token, key, keyStays).forEach(StreamClient::expectOpen);
    }
    try (anonymous;
        stays;
        token;
        key;
        keyStays;
        TestServer server = serve(left)) {
      for (StreamClient ended : List.of(anonymous, token, key)) {
        // Its client comes back, and is told what a new one is told.
        ended.expectError("token-expired");
        ended.expectEnd();
      }
      for (String channel : List.of("open-x", "secret-x")) {
        String event = "{\"channel\":\"" + channel + "\",\"data\":7}";
        assertThat(server.post("/api/publish", event, "X-API-Key", KEY).status())
            .isEqualTo(200);
      }
      stays.expectEvent("7");
      keyStays.expectEvent("7");
    }
  }

  @Test
  void a_revocation_of_everything_ends_all_streams_of_the_user_that_the_proxy_holds() {
    try (TestServer server = serve(withKeys(Map.of("PORT", Integer.toString(port))));
        TestServer other = serve(withKeys(Map.of()))) {
      pushpin.awaitStream("/events/room-1", Map.of("X-API-Key", KEY));
      try (StreamClient one = StreamClient.open(uri("/events/room-1"), bearer("ann", 600));
          StreamClient two = StreamClient.open(uri("/events/room-2"), bearer("ann", 600));
          StreamClient bob = StreamClient.open(uri("/events/room-1"), bearer("bob", 600))) {
        one.expectOpen();
        two.expectOpen();
        bob.expectOpen();

        String entry = "{\"user\":\"ann\",\"channel\":\"*\"}";
        assertThat(other.post("/api/revoke", entry, "X-API-Key", KEY).status()).isEqualTo(200);

        one.expectError("forbidden");
        two.expectError("forbidden");
        server.post("/api/publish", "{\"channel\":\"room-1\",\"data\":2}", "X-API-Key", KEY);
        bob.expectEvent("2");
      }
    }
  }

  private TestServer serve(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db"));
    environment.put("GRIP_URL", pushpin.gripUrl());
    return TestServer.start(environment);
  }

  private static Map<String, String> withKeys(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("GRIPSTREAM_API_KEYS", KEY);
    environment.put("GRIPSTREAM_TOKEN_SECRET", SECRET);
    return environment;
  }

  private static Map<String, String> bearer(String user, long seconds) {
    String token = TokenSigner.ofSecret(
            new Settings.Auth(List.of(), new Secret(SECRET), null, null, null, null))
        .sign(user, List.of(), List.of("room-*"), false, Instant.now().plusSeconds(seconds));
    return Map.of("Authorization", "Bearer " + token);
  }

  private URI uri(String path) {
    return pushpin.uri().resolve(path);
  }
}
