package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripSig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Without a configured key, one is made for the run: with it everything goes, and without it pages
 * and programs of this machine read.
 */
class MadeKeyTest {
  private static final String EVENT = "{\"channel\":\"news\",\"data\":1}";
  private static final String NO_KEY =
      "401 unauthorized: a credential is needed: Authorization: Bearer TOKEN, or X-API-Key: KEY";
  private static final String OTHER_HOST =
      "403 forbidden: no key is configured, so only http://127.0.0.1 and http://localhost are"
          + " served, and Host is another name; configure api_keys or a token key";

  @TempDir
  static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(Map.of("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void the_key_of_the_run_may_do_everything() {
    assertThat(server.post("/api/publish", EVENT).status()).isEqualTo(200);
    assertThat(server.get("/metrics").status()).isEqualTo(200);
    assertThat(server.get("/api/channels").status()).isEqualTo(200);
  }

  @Test
  void without_it_no_one_publishes_or_administers_from_any_machine() {
    assertThat(server.getWithoutKey("/api/channels").error()).isEqualTo(NO_KEY);
    assertThat(server.getWithoutKey("/metrics").error()).isEqualTo(NO_KEY);
    assertThat(server.post("/api/publish", EVENT, "X-API-Key", "").status()).isEqualTo(401);
  }

  @Test
  void without_it_every_user_of_this_machine_reads() {
    for (String host : List.of("127.0.0.1", "localhost", "LocalHost:1", "[::1]:80", "127.9.9.9")) {
      try (StreamClient client =
          StreamClient.open(URI.create(server.url() + "/events/news"), Map.of("Host", host))) {
        client.expectOpen();
      }
      assertThat(server.getWithoutKey("/api/history?channel=news", "Host", host).status())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebound.example",
        "rebound.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.999",
        "10.0.0.1",
        "0.0.0.0"
      })
  void streams_and_history_of_another_host_are_refused_since_names_can_be_made_to_lead_here(
      String host) {
    for (String path : List.of(
        "/events/news",
        "/events?channel=news",
        "/api/history?channel=news",
        "/api/position?channel=news")) {
      assertThat(server.getWithoutKey(path, "Host", host).error()).isEqualTo(OTHER_HOST);
      assertThat(server.getWithoutKey(path, "Host", host, "Grip-Sig", "x").error())
          .isEqualTo(OTHER_HOST);
    }
  }

  @Test
  void over_http_2_too() throws java.io.IOException {
    OkHttpClient client = new OkHttpClient.Builder()
        .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
        .build();
    try {
      for (Map.Entry<String, Integer> host : Map.of(
              "127.0.0.1:" + server.port(),
              200,
              "localhost:" + server.port(),
              200,
              "rebound.example",
              403)
          .entrySet()) {
        Request request = new Request.Builder()
            .url(server.url() + "/events/news")
            .header("Host", host.getKey())
            .build();
        try (Response response = client.newCall(request).execute()) {
          assertThat(response.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
          assertThat(response.code()).as(host.getKey()).isEqualTo(host.getValue());
        }
      }
    } finally {
      client.dispatcher().executorService().shutdown();
      client.connectionPool().evictAll();
    }
  }

  /** Pushpin's default key is public, so a page could sign with it. */
  @ParameterizedTest
  @CsvSource({"a secret of one's own, 200", "changeme, 403"})
  void any_host_is_served_through_a_proxy_with_a_key_of_its_own(String key, int status) {
    String signature = GripSig.sign(GripKey.parse(key), "pushpin", Instant.now().plusSeconds(60));
    try (TestServer proxied = TestServer.start(Map.of(
        "DATABASE_URL", "none", "GRIP_URL", "http://127.0.0.1:1/", "GRIP_VERIFY_KEY", key))) {
      assertThat(proxied
              .getWithoutKey("/events/news", "Host", "any.example", "Grip-Sig", signature)
              .status())
          .isEqualTo(status);
    }
  }

  @Test
  void with_a_configured_key_nothing_is_asked_of_host() {
    try (TestServer configured = TestServer.start(
            Map.of("DATABASE_URL", "none", "GRIPSTREAM_API_KEYS", "3f9a8b7c6d5e4f3a2b1c"));
        StreamClient client = StreamClient.open(
            URI.create(configured.url() + "/events/news"), Map.of("Host", "any.example"))) {
      client.expectOpen();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-www-form-urlencoded, a=b",
    "text/plain, {}",
    "multipart/form-data; boundary=x, x"
  })
  void a_form_that_a_page_posts_is_refused(String type, String body) {
    assertThat(server.postAs(type, "/api/publish", body).status()).isEqualTo(415);
    assertThat(server.postAs(type, "/api/publish", body, "X-API-Key", "").status())
        .isEqualTo(401);
  }

  @Test
  void a_preflight_of_another_origin_allows_nothing() {
    try (StreamClient client = StreamClient.request(
        "OPTIONS",
        URI.create(server.url() + "/api/publish"),
        Map.of("Origin", "https://evil.example", "Access-Control-Request-Method", "POST"))) {
      assertThat(client.header("Access-Control-Allow-Origin")).isNull();
      assertThat(client.header("Access-Control-Allow-Methods")).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "example.com", "2130706433", "cafe.de"})
  void elsewhere_the_server_does_not_start(String host) {
    assertThatThrownBy(
            () -> TestServer.start(Map.of("DATABASE_URL", "none", "GRIPSTREAM_HOST", host)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "no key is configured, and host " + host + " can be reached from other machines: set"
                + " api_keys or a token key (GRIPSTREAM_API_KEYS, GRIPSTREAM_TOKEN_SECRET), or listen on 127.0.0.1");
  }

  @Test
  void pushpins_default_key_is_refused_elsewhere_too() {
    assertThatThrownBy(() -> TestServer.start(Map.of(
            "DATABASE_URL", "none",
            "GRIPSTREAM_HOST", "0.0.0.0",
            "GRIPSTREAM_API_KEYS", "3f9a8b7c6d5e4f3a2b1c",
            "GRIP_URL", "http://127.0.0.1:5561",
            "GRIP_VERIFY_KEY", "changeme")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is changeme, which is public");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "secret", "password", "changeme-changeme-changeme", "base64:eA=="})
  void a_weak_verify_key_is_refused_elsewhere_too(String key) {
    Map<String, String> environment = Map.of(
        "DATABASE_URL", "none",
        "GRIPSTREAM_HOST", "0.0.0.0",
        "GRIPSTREAM_API_KEYS", "3f9a8b7c6d5e4f3a2b1c",
        "GRIP_URL", "http://127.0.0.1:5561",
        "GRIP_VERIFY_KEY", key);
    assertThatThrownBy(() -> TestServer.start(environment))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "the verify key of proxy http://127.0.0.1:5561/ (GRIP_VERIFY_KEY): it ")
        .hasMessageEndingWith("Make one with: openssl rand -hex 16");
  }
}
