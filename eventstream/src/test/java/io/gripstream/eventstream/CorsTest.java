package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.testkit.StreamServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Origins as people write them in a configuration, and as browsers send them. */
class CorsTest {
  private static StreamServer server;

  @BeforeAll
  static void start() {
    server = StreamServer.start(config -> config.cors(Cors.of(
        "https://*.Example.com",
        "https://APP.example",
        "https://port.example:443",
        "http://plain.example:80",
        "http://*.localhost:3000",
        "https://bücher.example",
        "http://[::1]:8080")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.example.com",
        "https://xn--a-b.example.com",
        "https://app.example",
        "https://port.example",
        "http://plain.example",
        "http://demo.localhost:3000",
        "https://xn--bcher-kva.example",
        "http://[::1]:8080"
      })
  void allowed_origin_may_read(String origin) throws Exception {
    for (String method : new String[] {"HEAD", "POST", "OPTIONS"}) {
      HttpResponse<Void> answer = ask(method, origin);
      assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
          .as("%s: %d", method, answer.statusCode())
          .hasValue(origin);
      assertThat(answer.headers().allValues("Vary")).contains("Origin");
      // Else a page does not see how long it has to wait.
      assertThat(answer.headers().firstValue("Access-Control-Expose-Headers"))
          .as("%s: %d", method, answer.statusCode())
          .hasValue("Retry-After");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com",
        "https://a.b.example.com",
        "http://a.example.com",
        "https://a.example.com:8443",
        "https://a.example.com.evil.example",
        "https://evilexample.com",
        "https://.example.com",
        "https://*.example.com",
        "http://localhost:3000",
        "null"
      })
  void other_origin_may_not_read(String origin) throws Exception {
    HttpResponse<Void> answer = ask("HEAD", origin);

    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(answer.headers().firstValue("Access-Control-Expose-Headers")).isEmpty();
    assertThat(answer.headers().allValues("Vary")).contains("Origin");
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
          https://*
          https://*.com
          https://*.*.example.com
          https://a.*.example.com
          https://a*.example.com
          *.example.com
          app.example
          https://app.example/
          https://app.example/events
          https://user@app.example
          https://app.example?x
          https://app.example:port
          ftp://app.example
          null
          """)
  void a_pattern_that_could_never_match_is_refused(@Nullable String origin) {
    String text = String.valueOf(origin);
    assertThatThrownBy(() -> Cors.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\" is not an origin");
  }

  private static HttpResponse<Void> ask(String method, String origin) throws Exception {
    URI uri = server.uri("/events?channel=a");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri)
                .header("Origin", origin)
                .method(method, BodyPublishers.noBody())
                .build(),
            BodyHandlers.discarding());
  }
}
