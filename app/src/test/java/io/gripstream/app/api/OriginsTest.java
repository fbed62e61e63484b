package io.gripstream.app.api;

import static io.gripstream.app.api.Credentials.ROOT;
import static io.gripstream.app.api.Credentials.SECRET;
import static io.gripstream.app.api.Credentials.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.StreamClient;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What pages of other origins may do, with and without the cookie. */
class OriginsTest extends TwoServers {
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
}
