package io.gripstream.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.LogOf;
import io.gripstream.eventstream.testkit.Eventually;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The reader of a log cannot repeat its requests. */
class AccessLogTest {
  @Test
  void neither_queries_nor_tokens_of_links_are_logged() {
    try (LogOf log = new LogOf("io.gripstream.access");
        TestServer server =
            TestServer.start(Map.of("DATABASE_URL", "none", "GRIPSTREAM_LOG_ACCESS", "true"))) {
      List<String> paths =
          List.of("/events/~next/", "/events/news/~next/", "/events/~keep/", "/events/news/~gone/");
      for (String path : paths) {
        server.get(path + "hidden-token.hidden-mac?hidden-name=hidden-value");
      }
      server.get("/api/position?channel=hidden");
      server.post("/events/%7Egone/hidden-token", "{}");
      server.get("/events/%7enext/hidden-token");

      Eventually.eventually(() -> assertThat(log.lines()).hasSize(7));
      assertThat(log.lines()).noneMatch(line -> line.contains("hidden"));
      for (String path : paths) {
        assertThat(log.lines()).anyMatch(line -> line.contains(" GET " + path + "… "));
      }
    }
  }
}
