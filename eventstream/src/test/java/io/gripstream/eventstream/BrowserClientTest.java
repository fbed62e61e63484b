package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrowserClientTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void is_served_with_its_licence_and_may_be_kept() throws Exception {
    try (StreamServer server = StreamServer.start()) {
      HttpResponse<String> first = get(server, "none");

      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.headers().firstValue("Content-Type"))
          .contains("text/javascript; charset=utf-8");
      assertThat(first.headers().firstValue("Cache-Control")).contains("public, max-age=3600");
      assertThat(first.body())
          .startsWith("/*! gripstream-client ")
          .contains("Apache-2.0", "as EventStream")
          .doesNotContain("sourceMappingURL");

      HttpResponse<String> again =
          get(server, first.headers().firstValue("ETag").orElseThrow());
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
  }

  @Test
  void is_not_sent_again_to_a_cache_that_has_it() throws Exception {
    try (StreamServer server = StreamServer.start()) {
      String tag = get(server, "none").headers().firstValue("ETag").orElseThrow();

      // A front server that compresses makes the tag a weak one.
      for (String cached :
          List.of("W/" + tag, "\"a\", " + tag, "\"a,b\",W/" + tag + " , \"c\"", "*")) {
        assertThat(get(server, cached).statusCode()).as(cached).isEqualTo(304);
      }
      for (String other :
          List.of("\"a\", W/\"b\"", "\"x" + tag.substring(1), tag.replace("\"", ""), "\"*\"", "")) {
        assertThat(get(server, other).statusCode()).as(other).isEqualTo(200);
      }
    }
  }

  @Test
  void page_that_may_read_streams_may_import_it() throws Exception {
    try (StreamServer server =
        StreamServer.start(config -> config.cors(Cors.of("https://app.example")))) {
      for (String tag : List.of("none", "*")) {
        HttpResponse<String> allowed = get(server, tag, "Origin", "https://app.example");
        HttpResponse<String> foreign = get(server, tag, "Origin", "https://evil.example");

        assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin"))
            .hasValue("https://app.example");
        assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(foreign.headers().firstValue("Vary")).hasValue("Origin");
      }
    }
  }

  private HttpResponse<String> get(StreamServer server, String tag, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri("/eventstream/client.js")).header("If-None-Match", tag);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
