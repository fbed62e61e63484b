package io.gripstream.app.api;

import static io.gripstream.app.server.TestServer.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.Eventually;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wget --spider}, load balancers and link checkers ask with HEAD. */
class HeadTest {
  @TempDir
  Path directory;

  @AutoClose
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.withKey(
        directory, Map.of("GRIPSTREAM_CHANNEL_RULES", "[{channels: 'news', anonymous: true}]"));
  }

  @Test
  void head_is_get_without_the_body_except_for_streams() {
    List<String> read = server.endpoints().stream()
        .filter(endpoint -> endpoint.startsWith("GET ") && !endpoint.startsWith("GET /events"))
        .map(endpoint -> endpoint.substring(4))
        .toList();
    assertThat(read).hasSizeGreaterThan(12);
    for (String path : read) {
      expectAlike(path, "X-API-Key", KEY);
      expectAlike(path);
    }
    expectAlike("/api/history?channel=news");
    expectAlike("/api/history?channel=news", "Origin", "https://app.example");
    expectAlike("/api/history?channel=other");
    expectAlike("/nowhere");
  }

  @Test
  void head_of_a_script_that_is_known_already_is_304() {
    String tag = server.get("/eventstream/client.js").header("etag");

    assertThat(tag).isNotEmpty();
    assertThat(server.head("/eventstream/client.js", "If-None-Match", tag).status())
        .isEqualTo(304);
  }

  @Test
  void head_says_that_the_storage_is_gone() throws Exception {
    assertThat(server.head("/health/ready").status()).isEqualTo(200);
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("events.db"));
        Statement statement = other.createStatement()) {
      statement.execute("DROP TABLE gripstream_meta");
    }

    Eventually.eventually(
        () -> assertThat(server.head("/health/ready").status()).isEqualTo(503));
    expectAlike("/health/ready");
  }

  private void expectAlike(String path, String... headers) {
    for (String encoding : List.of("identity", "gzip")) {
      List<String> all = new ArrayList<>(List.of(headers));
      all.addAll(List.of("Accept-Encoding", encoding));
      Answer get = server.get(path, all.toArray(String[]::new));
      Answer head = server.head(path, all.toArray(String[]::new));

      assertThat(head.body()).isEmpty();
      assertThat(head.status()).as(path).isEqualTo(get.status());
      boolean isFixed = !path.startsWith("/console/");
      assertThat(comparable(head, isFixed)).as(path).isEqualTo(comparable(get, isFixed));
    }
  }

  /** Metrics count the requests that ask for them, and checks go on: their length may change. */
  private static Map<String, List<String>> comparable(Answer answer, boolean isFixed) {
    Map<String, List<String>> headers = new HashMap<>(answer.headers());
    headers.remove("date");
    if (!isFixed || answer.header("content-type").startsWith("text/plain;")) {
      headers.remove("content-length");
    }
    return headers;
  }
}
