package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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

  private HttpResponse<String> get(StreamServer server, String tag)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(server.uri("/eventstream/client.js"))
            .header("If-None-Match", tag)
            .build(),
        BodyHandlers.ofString());
  }
}
