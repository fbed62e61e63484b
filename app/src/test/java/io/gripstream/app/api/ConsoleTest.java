package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.TestClock;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The login of a browser into the console, and what the console asks for. */
class ConsoleTest {
  private static final String HEADER = "Gripstream-Console";
  private static final String USED =
      "401 unauthorized: this link was used, or is too old; enter the API key that the server"
          + " printed";
  private static final String OVER =
      "401 unauthorized: the console's session has expired or belongs to another page; reload the console";

  @TempDir
  Path directory;

  private final TestClock clock = TestClock.at(Instant.parse("2026-11-28T12:00:00Z"));
  private TestServer server;

  @BeforeEach
  void start() {
    server = startOne();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void a_code_logs_one_browser_in_once() {
    String code = code();
    Login login = enter(code);

    assertThat(asked("/metrics", login).status()).isEqualTo(200);
    assertThat(enterAnswer(code).error()).isEqualTo(USED);
  }

  @Test
  void the_code_of_a_link_is_behind_a_number_sign_so_that_no_server_gets_it() {
    assertThat(server.server().consoleLink("http://localhost:7999").orElseThrow())
        .matches("http://localhost:7999/#code=[\\w-]{24}");
  }

  @Test
  void a_code_is_worth_nothing_after_an_hour() {
    String code = code();
    clock.advance(Duration.ofHours(1));

    assertThat(enterAnswer(code).error()).isEqualTo(USED);
  }

  @Test
  void a_code_is_worth_nothing_after_twenty_wrong_ones() {
    String code = code();
    for (int i = 0; i < 20; i++) {
      assertThat(enterAnswer("wrong" + i).error()).isEqualTo(USED);
    }

    assertThat(enterAnswer(code).error()).isEqualTo(USED);
  }

  @Test
  void a_form_of_another_page_takes_no_code() {
    String code = code();

    assertThat(server
            .postAs("text/plain", "/console/session", "{\"code\":\"" + code + "\"}")
            .status())
        .isEqualTo(415);
    assertThat(enterAnswer(code).status()).isEqualTo(200);
  }

  @Test
  void the_cookie_is_for_this_site_and_no_script() {
    String cookie = enterAnswer(code()).header("set-cookie");

    assertThat(cookie)
        .startsWith("gripstream_console=")
        .contains("; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=3600")
        .doesNotContain("Secure");
  }

  @Test
  void behind_tls_the_cookie_and_the_host_are_for_tls_only() {
    Answer answer = server.post(
        "/console/session",
        "{\"code\":\"" + code() + "\"}",
        "X-API-Key",
        "",
        "X-Forwarded-Proto",
        "https");

    assertThat(answer.header("set-cookie")).endsWith("; Secure");
    assertThat(answer.header("strict-transport-security")).isEqualTo("max-age=31536000");
    assertThat(server.get("/").headers()).doesNotContainKey("strict-transport-security");
  }

  @Test
  void the_cookie_alone_allows_nothing_for_other_pages_of_the_host_send_it_too() {
    Login login = enter(code());
    String event = "{\"channel\":\"news\",\"data\":1}";

    assertThat(server.getWithoutKey("/metrics", "Cookie", login.cookie()).status())
        .isEqualTo(401);
    assertThat(server
            .getWithoutKey("/metrics", "Cookie", login.cookie(), HEADER, "guessed")
            .error())
        .isEqualTo(OVER);
    assertThat(server.getWithoutKey("/metrics", HEADER, login.proof()).error()).isEqualTo(OVER);
    assertThat(server
            .postWithoutKey("/api/publish", event, "Cookie", login.cookie())
            .status())
        .isEqualTo(401);
    assertThat(server
            .postWithoutKey("/api/publish", event, "Cookie", login.cookie(), HEADER, login.proof())
            .status())
        .isEqualTo(200);
  }

  @Test
  void a_preflight_of_another_page_is_not_allowed_to_send_the_header() {
    try (StreamClient client = StreamClient.request(
        "OPTIONS",
        URI.create(server.url() + "/console/session"),
        Map.of(
            "Origin", "http://localhost:3000",
            "Access-Control-Request-Method", "GET",
            "Access-Control-Request-Headers", HEADER))) {
      assertThat(client.header("Access-Control-Allow-Headers")).isNull();
      assertThat(client.header("Access-Control-Allow-Origin")).isNull();
    }
  }

  @Test
  void another_instance_with_the_same_key_takes_the_session_and_not_the_code() {
    try (TestServer other = startOne()) {
      String code = code();
      assertThat(other
              .post("/console/session", "{\"code\":\"" + code + "\"}", "X-API-Key", "")
              .error())
          .isEqualTo(USED);
      Login login = enter(code);

      assertThat(other
              .getWithoutKey("/metrics", "Cookie", login.cookie(), HEADER, login.proof())
              .status())
          .isEqualTo(200);
    }
  }

  @Test
  void a_session_is_over_after_an_hour_and_ends_its_streams() {
    Login login = enter(code());
    try (StreamClient client = StreamClient.open(
        URI.create(server.url() + "/events/news"),
        Map.of("Cookie", login.cookie(), HEADER, login.proof()))) {
      client.expectOpen();
      clock.advance(Duration.ofHours(1).plusSeconds(1));
      client.expectError("token-expired");
    }
    assertThat(asked("/metrics", login).error()).isEqualTo(OVER);
  }

  @Test
  void a_session_is_over_when_its_key_is_gone() {
    Login login = enter(code());
    server.close();
    server = TestServer.start(Map.of("DATABASE_URL", "none"), clock, "2b1c3f9a8b7c6d5e4f3a");

    assertThat(asked("/metrics", login).error()).isEqualTo(OVER);
  }

  @Test
  void a_session_is_no_visitor_and_a_visitor_has_no_session() {
    Login login = enter(code());
    String visitor =
        text(server.post("/console/visitor", "{\"channel\":\"trial\"}").json(), "token");

    assertThat(server
            .getWithoutKey(
                "/api/position?channel=null",
                "Authorization",
                "Bearer gripstream-visitor." + login.cookie().split("=", 2)[1])
            .status())
        .isEqualTo(401);
    assertThat(asked(
                "/metrics",
                new Login(
                    "gripstream_console=" + visitor.replace("gripstream-visitor.", ""),
                    login.proof()))
            .error())
        .isEqualTo(OVER);
  }

  @Test
  void a_session_that_is_used_lasts_longer_and_twelve_hours_at_most() {
    Login login = enter(code());
    Instant begun = clock.instant();
    for (Answer answer = asked("/console/session", login);
        !answer.json().get("until").isNull();
        answer = asked("/console/session", login)) {
      login = new Login(cookie(answer), login.proof());
      assertThat(Instant.parse(answer.json().get("until").stringValue()))
          .isBeforeOrEqualTo(begun.plus(Duration.ofHours(12)));
      clock.advance(Duration.ofMinutes(40));
    }

    assertThat(Duration.between(begun, clock.instant()))
        .isBetween(Duration.ofHours(12), Duration.ofMinutes(12 * 60 + 40));
  }

  @Test
  void signing_out_removes_the_cookie() {
    Login login = enter(code());
    Answer answer = server.delete(
        "/console/session", "X-API-Key", "", "Cookie", login.cookie(), HEADER, login.proof());

    assertThat(answer.status()).isEqualTo(401);
    answer = server.deleteWithoutKey(
        "/console/session", "Cookie", login.cookie(), HEADER, login.proof());
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("set-cookie")).contains("gripstream_console=;", "Max-Age=0");
  }

  @Test
  void with_a_configured_key_there_is_no_link_and_no_session() {
    Login login = enter(code());
    try (TestServer configured = TestServer.start(
        Map.of("DATABASE_URL", "none", "GRIPSTREAM_API_KEYS", TestServer.MADE_KEY), clock)) {
      assertThat(configured.server().consoleLink(configured.url())).isEmpty();
      assertThat(configured
              .get("/metrics", "Cookie", login.cookie(), HEADER, login.proof())
              .error())
          .isEqualTo(OVER);
    }
  }

  @Test
  void a_visitor_reads_one_channel_until_the_right_is_taken_away() {
    JsonNode visitor =
        server.post("/console/visitor", "{\"channel\":\"trial\"}").json();
    Map<String, String> token = Map.of("Authorization", "Bearer " + text(visitor, "token"));
    try (StreamClient client =
        StreamClient.open(URI.create(server.url() + "/events/trial"), token)) {
      client.expectOpen();
      assertThat(server
              .post(
                  "/api/revoke",
                  "{\"user\":\"" + text(visitor, "user") + "\",\"channel\":\"trial\"}")
              .status())
          .isEqualTo(200);
      client.expectError("forbidden");
    }
    try (StreamClient client =
        StreamClient.open(URI.create(server.url() + "/events/news"), token)) {
      client.expectError("forbidden");
    }
    assertThat(server
            .getWithoutKey("/metrics", "Authorization", token.get("Authorization"))
            .status())
        .isEqualTo(403);
    clock.advance(Duration.ofMinutes(10).plusSeconds(1));
    assertThat(server
            .getWithoutKey(
                "/api/position?channel=trial", "Authorization", token.get("Authorization"))
            .status())
        .isEqualTo(401);
  }

  @Test
  void only_administrators_get_figures_checks_channels_and_visitors() {
    for (String path : List.of("/console/metrics", "/console/channels", "/console/checks")) {
      assertThat(server.getWithoutKey(path).status()).as(path).isEqualTo(401);
      assertThat(server.get(path).status()).as(path).isEqualTo(200);
    }
    for (String path : List.of("/console/visitor", "/console/checks")) {
      assertThat(server.postWithoutKey(path, "{}").status()).as(path).isEqualTo(401);
    }
  }

  @Test
  void channels_with_a_stream_or_an_event_are_offered() {
    server.post("/api/publish", "{\"channel\":\"published\",\"data\":1}");
    try (StreamClient client = StreamClient.open(URI.create(server.url() + "/events/opened"))) {
      client.expectOpen();

      assertThat(server.get("/console/channels").body())
          .contains("{\"name\":\"published\",\"streams\":0,\"usedAt\":\"2026-11-28T12:00:00Z\"}")
          .contains("{\"name\":\"opened\",\"streams\":1,\"usedAt\":\"2026-11-28T12:00:00Z\"}")
          .contains("\"hasProxies\":false");
    }
  }

  @Test
  void channels_of_other_instances_and_of_earlier_are_offered_too_and_found_by_their_beginning() {
    try (TestServer other = startOne()) {
      for (String channel : List.of("room-1", "room-2", "room-gone", "console-trial-x")) {
        other.post("/api/publish", "{\"channel\":\"" + channel + "\",\"data\":1}");
      }
      other.delete("/api/history?channel=room-gone");
      Eventually.eventually(() -> assertThat(server.get("/console/channels").body())
          .contains("{\"name\":\"room-1\",\"streams\":0,\"usedAt\":\"2026-11-28T12:00:00Z\"}")
          .doesNotContain("console-trial"));
    }
    try (TestServer later = startOne()) {
      assertThat(later.get("/console/channels?prefix=room-").body())
          .contains("{\"name\":\"room-1\",\"streams\":0,\"usedAt\":null}", "room-2")
          .doesNotContain("room-gone");
      assertThat(later.get("/console/channels?prefix=room-2").body())
          .contains("room-2")
          .doesNotContain("room-1");
    }
  }

  @Test
  void figures_are_those_of_the_metrics() {
    server.post("/api/publish", "{\"channel\":\"news\",\"data\":1}");

    assertThat(server.get("/console/metrics").body())
        .contains("\"instance\":\"")
        .contains("{\"name\":\"gripstream_events\",\"labels\":{\"kind\":\"stored\"},\"value\":1.0}")
        .contains("{\"name\":\"gripstream_streams\",\"labels\":{},\"value\":0.0}")
        .contains("\"gripstream_store_append_seconds\",\"labels\":{},\"count\":1,");
  }

  @Test
  void checks_are_run_once_in_a_while_however_many_pages_ask() {
    Eventually.eventually(
        () -> assertThat(server.get("/console/checks").body()).contains("\"text\":\"quick\""));
    assertThat(server.post("/console/checks", "{}").status()).isEqualTo(200);
    Eventually.eventually(
        () -> assertThat(server.get("/console/checks").body()).contains("\"text\":\"thorough\""));
    assertThat(server.post("/console/checks", "{}").error())
        .isEqualTo("429 too_many_requests: the checks are running, or ran less than 30 s ago");
    clock.advance(Duration.ofSeconds(30));
    assertThat(server.post("/console/checks", "{}").status()).isEqualTo(200);
  }

  @Test
  void no_answer_runs_foreign_scripts_lies_in_a_frame_or_changes_its_type() {
    for (String path : List.of(
        "/",
        "/console/app.js",
        "/demo/chat/",
        "/eventstream/client.js",
        "/openapi.yaml",
        "/api/channels",
        "/api/nothing",
        "/console/session",
        "/metrics",
        "/health/ready",
        "/nothing",
        "/%ff",
        "/api/%ff",
        "/api/" + "x".repeat(10_000))) {
      expectSafe(path, server.get(path));
    }
    String event = "{\"channel\":\"news\",\"data\":1}";
    expectSafe("an event that is published", server.post("/api/publish", event));
    expectSafe("a stream that is not served", server.getWithoutKey("/events/a", "Host", "a.b"));
    expectSafe("a stream with a wrong method", server.delete("/events/a"));
    expectSafe("a head that is too long", server.get("/", "X", "x".repeat(10_000)));
  }

  private static void expectSafe(String what, Answer answer) {
    assertThat(answer.header("content-security-policy"))
        .as(what)
        .matches("default-src '(self|none)';.* ?frame-ancestors 'none'");
    assertThat(answer.header("x-content-type-options")).as(what).isEqualTo("nosniff");
    assertThat(answer.header("x-frame-options")).as(what).isEqualTo("DENY");
    assertThat(answer.header("referrer-policy")).as(what).isEqualTo("no-referrer");
  }

  @Test
  void every_file_of_the_console_is_served() throws IOException {
    Path folder = Path.of("src/main/resources/io/gripstream/app/web/console");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.equals("index.html")))
          .hasSizeGreaterThan(8)
          .allSatisfy(
              name -> assertThat(server.get("/console/" + name).status()).isEqualTo(200));
    }
    assertThat(server.get("/console/uplot.js").body()).contains("MIT", "export { uPlot as default");
  }

  private TestServer startOne() {
    return TestServer.start(
        Map.of("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db")), clock);
  }

  private String code() {
    return server.server().consoleLink("").orElseThrow().replace("/#code=", "");
  }

  private Answer enterAnswer(String code) {
    return server.postWithoutKey("/console/session", "{\"code\":\"" + code + "\"}");
  }

  private Login enter(String code) {
    Answer answer = enterAnswer(code);
    assertThat(answer.status()).isEqualTo(200);
    return new Login(cookie(answer), text(answer.json(), "proof"));
  }

  private static String cookie(Answer answer) {
    return answer.header("set-cookie").split(";", 2)[0];
  }

  private Answer asked(String path, Login login) {
    return server.getWithoutKey(path, "Cookie", login.cookie(), HEADER, login.proof());
  }

  private static String text(JsonNode json, String name) {
    return json.get(name).stringValue();
  }

  /** The cookies of a browser after it. */
  private record Login(String cookie, String proof) {}
}
