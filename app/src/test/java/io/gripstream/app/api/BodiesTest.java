package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies that are many, slow or large take neither the threads nor the memory of others. */
class BodiesTest {
  private static final List<String> KEYS = List.of(
      "key-1-0123456789abcdef",
      "key-2-0123456789abcdef",
      "key-3-0123456789abcdef",
      "key-4-0123456789abcdef",
      "key-5-0123456789abcdef",
      "key-6-0123456789abcdef");

  private final TestServer server = TestServer.start(
      Map.of("DATABASE_URL", "none", "GRIPSTREAM_API_KEYS", String.join(",", KEYS)));
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  @Test
  void a_crowd_of_slow_bodies_is_refused_and_cut_while_health_answers() throws Exception {
    for (int i = 0; i < 260; i++) {
      begin(KEYS.get(i % KEYS.size()), 100_000);
    }
    Instant begun = Instant.now();

    assertThat(server.get("/health/live").status()).isEqualTo(200);
    assertThat(server.get("/health/ready").status()).isEqualTo(200);
    assertThat(unanswered()).as("health had no thread before these ended").isGreaterThan(60);
    List<String> answers = answers();
    assertThat(answers).hasSize(260);
    assertThat(answers.stream().filter(answer -> answer.startsWith("HTTP/1.1 429")))
        .hasSize(196);
    assertThat(answers)
        .filteredOn(answer -> answer.startsWith("HTTP/1.1 429"))
        .allMatch(answer -> answer.contains("Retry-After: "));
    assertThat(answers)
        .filteredOn(answer -> !answer.startsWith("HTTP/1.1 429"))
        .allMatch(answer -> answer.startsWith("HTTP/1.1 408")
            && answer.contains("the body paused for more than 10 s"));
    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(20));
    assertThat(publish("1").status()).isEqualTo(200);
  }

  @Test
  void one_credential_leaves_places_for_the_others() throws Exception {
    for (int i = 0; i < 20; i++) {
      begin(KEYS.get(0), 1_000);
    }

    assertThat(publish("1").status()).isEqualTo(200);
    assertThat(answers())
        .filteredOn(answer -> answer.startsWith("HTTP/1.1 429"))
        .hasSize(4);
  }

  @Test
  void one_key_is_one_credential_whatever_else_its_requests_say() throws Exception {
    for (int i = 0; i < 20; i++) {
      begin(KEYS.get(0) + "\r\nAuthorization: Bearer " + i, 1_000);
    }

    assertThat(answers())
        .filteredOn(answer -> answer.startsWith("HTTP/1.1 429"))
        .hasSize(4);
  }

  @Test
  void bodies_of_strangers_take_no_threads() throws Exception {
    for (int i = 0; i < 260; i++) {
      begin(server, "/console/session", "", 10_000);
    }
    expectHealthAtOnce(server);

    assertThat(answers()).hasSize(260).allMatch(answer -> answer.startsWith("HTTP/1.1 401"));
  }

  @Test
  void bodies_of_strangers_take_few_threads_while_a_browser_may_log_in() throws Exception {
    try (TestServer open = TestServer.start(Map.of("DATABASE_URL", "none"))) {
      for (int i = 0; i < 260; i++) {
        begin(open, "/console/session", "", 10_000);
      }
      expectHealthAtOnce(open);

      assertThat(answers())
          .as("all but sixteen, and those whose turn came while the others were sent")
          .filteredOn(answer -> answer.startsWith("HTTP/1.1 429"))
          .hasSizeGreaterThan(200);
    }
  }

  /** How many of the slow bodies the server still waits for, at least. */
  private long unanswered() throws IOException {
    long count = 0;
    for (Socket socket : sockets) {
      count += socket.getInputStream().available() == 0 ? 1 : 0;
    }
    return count;
  }

  private static void expectHealthAtOnce(TestServer server) {
    Instant begun = Instant.now();
    assertThat(server.get("/health/live").status()).isEqualTo(200);
    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void a_body_that_drips_is_cut() throws Exception {
    Socket socket = begin(KEYS.get(0), 100_000);
    Instant begun = Instant.now();
    ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
    try {
      // Ends by itself when the connection is cut: a task that fails is not run again.
      drip.scheduleAtFixedRate(() -> write(socket, ' '), 0, 500, TimeUnit.MILLISECONDS);

      assertThat(answers())
          .singleElement()
          .asString()
          .startsWith("HTTP/1.1 408")
          .contains("the body comes too slowly");
      assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(12));
    } finally {
      drip.shutdownNow();
    }
  }

  @Test
  void a_body_that_ends_before_its_length_is_no_request() throws Exception {
    begin(KEYS.get(0), 100_000).shutdownOutput();

    assertThat(answers())
        .singleElement()
        .asString()
        .startsWith("HTTP/1.1 400")
        .contains("the body did not arrive whole");
  }

  @Test
  void rest_of_a_refused_body_that_stops_or_drips_is_waited_for_a_few_seconds_only()
      throws Exception {
    begin(KEYS.get(0), 30_000_000);
    Socket dripping = begin(KEYS.get(1), 30_000_000);
    begin(KEYS.get(2), 100_000_000);
    Instant begun = Instant.now();
    ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();
    try {
      drip.scheduleAtFixedRate(() -> write(dripping, ' '), 0, 200, TimeUnit.MILLISECONDS);

      assertThat(answers())
          .allMatch(answer -> answer.startsWith("HTTP/1.1 413")
              && answer.contains("the body is longer than 8388608 bytes"));
      assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(12));
    } finally {
      drip.shutdownNow();
    }
  }

  private static void write(Socket socket, int b) {
    try {
      socket.getOutputStream().write(b);
    } catch (IOException cut) {
      throw new UncheckedIOException(cut);
    }
  }

  @Test
  void bytes_of_bodies_are_bounded() throws Exception {
    for (int i = 0; i < 16; i++) {
      begin(KEYS.get(0), 8_000_000);
    }

    assertThat(publish("1").status()).isEqualTo(200);
    assertThat(answers())
        .filteredOn(answer -> answer.startsWith("HTTP/1.1 429"))
        .hasSizeBetween(12, 15);
  }

  @Test
  void bytes_of_all_bodies_are_bounded() throws Exception {
    for (int i = 0; i < 9; i++) {
      begin(KEYS.get(i % 3), 8_000_000);
    }

    assertThat(answers())
        .as("at most 64 MB wait, and none of the three has the half of it")
        .filteredOn(answer -> answer.startsWith("HTTP/1.1 429"))
        .isNotEmpty();
  }

  @Test
  void an_event_that_is_far_too_long_is_not_parsed() {
    String numbers = "1.5,".repeat(500_000) + "1.5";

    assertThat(publish("[" + numbers + "]").error())
        .startsWith("413 too_large: the event has 2000");
    TestServer.Answer batch = server.post(
        "/api/batch",
        "[{\"channel\":\"a\",\"data\":1},{\"channel\":\"a\",\"data\":[" + numbers + "]},"
            + "{\"channel\":\"a\",\"data\":1,\"data\":2},{\"channel\":\"a\",\"data\":2}]",
        "X-API-Key",
        KEYS.get(5));
    assertThat(batch.json().get(0).get("channel").stringValue()).isEqualTo("a");
    assertThat(batch.json().get(1).get("error").get("code").stringValue()).isEqualTo("too_large");
    assertThat(batch.json().get(2).get("error").get("code").stringValue()).isEqualTo("bad_request");
    assertThat(batch.json().get(3).get("channel").stringValue()).isEqualTo("a");
  }

  @Test
  void an_event_is_not_read_beyond_its_maximum_length() {
    assertThat(publish("[" + "1,".repeat(200_000) + "1]").error())
        .isEqualTo("413 too_large: the event has more than 262144 bytes when encoded"
            + " (max_event_bytes)");
  }

  private TestServer.Answer publish(String data) {
    return server.post(
        "/api/publish", "{\"channel\":\"a\",\"data\":" + data + "}", "X-API-Key", KEYS.get(5));
  }

  /** Sends a request's head, and the first byte of its body. */
  private Socket begin(String key, int length) throws IOException {
    return begin(server, "/api/publish", key, length);
  }

  private Socket begin(TestServer server, String path, String key, int length) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    sockets.add(socket);
    socket.setSoTimeout(25_000);
    OutputStream out = socket.getOutputStream();
    out.write(("POST " + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "X-API-Key: " + key + "\r\nContent-Length: " + length + "\r\n\r\n{")
        .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private List<String> answers() throws IOException {
    List<String> answers = new ArrayList<>();
    for (Socket socket : sockets) {
      answers.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return answers;
  }
}
