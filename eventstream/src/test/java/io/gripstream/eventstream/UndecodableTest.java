package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that cannot be decoded: a part of one could have another meaning. */
class UndecodableTest {
  private static StreamServer server;

  @BeforeAll
  static void start() {
    server = StreamServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/events/%ff/", "/events/%ff", "/events/%zz", "/events/%00", "/events/a%2"})
  void path_is_answered_in_a_sentence(String path) throws IOException {
    String answer = ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400").contains("Content-Type: text/plain");
    assertThat(answer.substring(answer.indexOf("\r\n\r\n")))
        .isEqualTo(
            "\r\n\r\nThis is not an HTTP request with a path in valid UTF-8 and percent-encoding.\n");
  }

  @Test
  void another_version_of_http_ends_the_connection_and_says_so() throws IOException {
    String answer = ask("GET /events HTTP/9.9\r\nHost: localhost\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 505")
        .contains("\r\nConnection: close\r\n")
        .endsWith("\r\n\r\nThis cannot be answered: http version not supported.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"channel=a%zz&channel=b", "channel=%", "channel=b&last_event_id=%4"})
  void query_is_refused_and_not_left_out(String query) throws IOException {
    assertThat(ask(
            "GET /events?" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .contains("{\"condition\":\"bad-request\",\"text\":\"Invalid request: query parameter ")
        .contains(" is not percent-encoded UTF-8.");
  }

  private static String ask(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(8_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
