package io.gripstream.app.api;

import static io.gripstream.app.server.TestServer.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gripstream.app.LogOf;
import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers for operators, scrapers and proxies in front. */
class OperatorsTest {
  @TempDir
  Path directory;

  @AutoClose
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.withKey(
        directory,
        Map.of(
            "GRIPSTREAM_CHANNEL_RULES",
            "[{channels: '*', anonymous: true}]",
            "GRIPSTREAM_CORS_ALLOW_ORIGINS",
            "https://app.example"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2 | application/openmetrics-text
      application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited | text/plain
      text/plain;version=0.0.4 | text/plain
      */* | text/plain
      """)
  void metrics_are_text_for_any_accept_header(String accept, String type) {
    Answer answer = server.get("/metrics", "X-API-Key", KEY, "Accept", accept);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).startsWith(type);
    assertThat(answer.body()).contains("gripstream_streams ");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      GET /api/a b HTTP/1.1       | 400 bad_request
      GET /api/a HTTP/9.9         | 505 unavailable
      """)
  void an_unreadable_request_is_answered_as_json_and_ends_the_connection(
      String line, String expected) throws IOException {
    String answer = ask(line + "\r\nHost: localhost\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 " + expected.substring(0, 3));
    assertThat(answer).contains("\r\nConnection: close\r\n").contains(expected.substring(4));
    assertThat(answer).contains("Content-Type: application/json").doesNotContain("<html");
  }

  @Test
  void stream_whose_path_cannot_be_decoded_is_answered_in_a_sentence() throws IOException {
    String answer =
        ask("GET /events/%ff/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .contains("Content-Type: text/plain")
        .endsWith("\r\n\r\nThis is not an HTTP request with a path in valid UTF-8 and"
            + " percent-encoding.\n");
  }

  @Test
  void query_that_is_not_understood_is_refused_and_not_left_out() {
    assertThat(server.get("/api/position?channel=a%zz&channel=b").error())
        .isEqualTo("400 bad_request: query parameter channel is not percent-encoded UTF-8");
    assertThat(server.get("/api/history?channel=%ff").error())
        .isEqualTo("400 bad_request: query parameter channel is not percent-encoded UTF-8");
    assertThat(server.get("/api/history?chanel=a").error())
        .isEqualTo("400 bad_request: unknown query parameter \"chanel\"; did you mean channel?");
    assertThat(server.get("/api/history?channel=a&limits=1").error())
        .isEqualTo("400 bad_request: unknown query parameter \"limits\"; did you mean limit?");
    assertThat(server.get("/api/position?channel=a&_=1700000000").error())
        .isEqualTo("400 bad_request: unknown query parameter \"_\"");
    assertThat(server.get("/api/channels?channel=a", "X-API-Key", KEY).error())
        .isEqualTo("400 bad_request: unknown query parameter \"channel\"");
    try (StreamClient stream = StreamClient.open(
        URI.create(server.url() + "/events?channel=a&chanel=b&_=1700000000&access_token=x"))) {
      stream.expectOpen();
    }
    for (String path : new String[] {"/api/publish", "/api/batch", "/api/revoke"}) {
      assertThat(server.post(path + "?channel=a", "{}", "X-API-Key", KEY).error())
          .isEqualTo("400 bad_request: unknown query parameter \"channel\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%zz", "/%", "/events/%ff", "/events/%ff/", "/events/%00", "/api/%zz"})
  void refused_head_has_no_body(String path) throws IOException {
    String end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    assertThat(ask("HEAD " + path + end)).startsWith("HTTP/1.1 400").endsWith("\r\n\r\n");
    assertThat(ask("GET " + path + end)).startsWith("HTTP/1.1 400").doesNotEndWith("\r\n\r\n");
  }

  @Test
  void refused_head_that_is_too_long_has_no_body() throws IOException {
    String filler = "x".repeat(20_000);

    assertThat(ask("HEAD /events/a HTTP/1.1\r\nHost: localhost\r\nX: " + filler + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431")
        .endsWith("\r\n\r\n");
  }

  @Test
  void page_of_an_allowed_origin_sees_that_its_path_cannot_be_decoded() throws IOException {
    for (String path : new String[] {"/events/%zz", "/api/%ff", "/events/%00"}) {
      assertThat(ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example"
              + "\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 400")
          .contains("Access-Control-Allow-Origin: https://app.example");
    }
  }

  @Test
  void heads_and_paths_that_are_too_long_are_called_so() throws IOException {
    assertThat(ask("GET /events?channel=a HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000)
            + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431")
        .contains("too_large");
    assertThat(ask("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 414")
        .contains("too_large");
  }

  @Test
  void stream_request_that_announces_a_body_is_answered() throws IOException {
    for (String header : new String[] {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
      assertThat(ask("GET /events/a HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n"))
          .startsWith("HTTP/1.1 400")
          .contains("must not have a body");
    }
  }

  @Test
  void readiness_tells_every_client_the_state_and_administrators_the_reason() throws Exception {
    assertThat(server.get("/health/ready").body())
        .isEqualTo("{\"status\":\"ok\",\"storage\":\"ok\",\"proxies\":[]}");
    assertThat(server.get("/health/ready", "X-API-Key", KEY).body()).contains("refused_signatures");
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("events.db"));
        Statement statement = other.createStatement()) {
      statement.execute("DROP TABLE gripstream_meta");
      statement.execute("DROP TABLE gripstream_event");
    }
    Answer history = server.get("/api/history?channel=a", "X-API-Key", KEY);
    assertThat(history.error())
        .isEqualTo("503 unavailable: the storage is not available now; see the server's log");
  }

  @Test
  void proxy_that_never_answered_is_unknown_until_it_does() throws Exception {
    int port = Ports.free(1).get(0);
    try (LogOf log = new LogOf(ProxyPublisher.class);
        TestServer behind = TestServer.start(Map.of(
            "DATABASE_URL",
            "none",
            "GRIP_URL",
            "http://127.0.0.1:" + port,
            "GRIPSTREAM_API_KEYS",
            KEY))) {
      Eventually.eventually(
          () -> assertThat(behind.get("/health/ready", "X-API-Key", KEY).body())
              .contains("\"status\":\"unknown\"")
              .contains("no program listens there"));
      assertThat(behind.get("/health/ready").status()).isEqualTo(200);
      assertThat(behind.get("/metrics", "X-API-Key", KEY).body())
          .contains("gripstream_proxy_up{proxy=\"http://127.0.0.1:" + port + "/\"} 0.0");

      HttpServer late = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
      late.createContext("/", request -> {
        request.sendResponseHeaders(200, -1);
        request.close();
      });
      late.start();
      try {
        // It is asked every 10 s.
        Eventually.within(
            Duration.ofSeconds(15),
            () -> assertThat(behind.get("/health/ready", "X-API-Key", KEY).body())
                .contains("\"status\":\"ok\",\"queued\""));
      } finally {
        late.stop(0);
      }
      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines().get(0))
          .contains("does not answer yet")
          .contains("no program listens there");
      assertThat(log.lines().get(1)).endsWith("answers");
    }
  }

  @Test
  void position_of_other_channels_alone_resumes_nothing_and_resets_nothing() {
    try (var client = io.gripstream.eventstream.testkit.StreamClient.resume(
        URI.create(server.url() + "/events/public-a"), "secret:1,.:abc")) {
      String id = client.expectOpen().lastId();
      assertThat(id).startsWith("public-a:0,.:").doesNotEndWith(".:abc");
    }
  }

  private String ask(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(8_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
