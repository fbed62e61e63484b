package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Without a key, only what is done on this very machine is served; a condition of that in each
 * test.
 */
class OpenModeTest {
  private static final String EVENT = "{\"channel\":\"news\",\"data\":1}";
  private static final String REFUSAL =
      "403 forbidden: no key is configured, so only requests of this"
          + " machine are served, and %s; configure api_keys or a token key";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(Map.of("DATABASE_URL", "none"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void a_program_of_this_machine_may_do_everything() {
    assertThat(server.post("/api/publish", EVENT).status()).isEqualTo(200);
    assertThat(server.get("/metrics").status()).isEqualTo(200);
    assertThat(server.get("/api/channels").status()).isEqualTo(200);
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
            .url(server.url() + "/api/channels")
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

  @Test
  void so_may_the_servers_own_page() {
    assertThat(server.post("/api/publish", EVENT, "Origin", server.url()).status())
        .isEqualTo(200);
    String localhost = "localhost:" + server.port();
    assertThat(server
            .post("/api/publish", EVENT, "Host", localhost, "Origin", "http://" + localhost)
            .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Grip-Sig",
        "Via",
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "x-forwarded-anything"
      })
  void what_a_proxy_forwards_is_refused(String header) {
    String named =
        header.toLowerCase(java.util.Locale.ROOT).startsWith("x-") ? "X-Forwarded-…" : header;
    for (String path : new String[] {"/api/channels", "/api/position?channel=a", "/metrics"}) {
      assertThat(server.get(path, header, "x").error())
          .isEqualTo(REFUSAL.formatted("it was forwarded (" + named + ")"));
    }
    assertThat(server.post("/api/publish", EVENT, header, "x").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rebound.example", "rebound.example:8080", "localhost.evil.example", "10.0.0.1"})
  void another_host_is_refused_since_names_can_be_made_to_lead_here(String host) {
    assertThat(server.post("/api/publish", EVENT, "Host", host).error())
        .isEqualTo(REFUSAL.formatted("its Host is not a loopback name"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"})
  void a_page_of_another_origin_is_refused(String origin) {
    assertThat(server.post("/api/publish", EVENT, "Origin", origin).error())
        .isEqualTo(REFUSAL.formatted("a page of another origin made it"));
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-www-form-urlencoded, a=b",
    "text/plain, {}",
    "multipart/form-data; boundary=x, x"
  })
  void a_form_that_a_page_posts_is_refused(String type, String body) {
    assertThat(server.postAs(type, "/api/publish", body).status()).isEqualTo(415);
    assertThat(server
            .postAs(type, "/api/publish", body, "Origin", "https://evil.example")
            .status())
        .isEqualTo(403);
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

  @Test
  void streams_are_for_everybody() {
    try (StreamClient client = StreamClient.open(
        URI.create(server.url() + "/events/news"), Map.of("X-Forwarded-For", "192.0.2.1"))) {
      client.expectOpen();
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
        .hasMessageContaining("is changeme, which everybody knows");
  }
}
