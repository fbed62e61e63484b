package io.gripstream.app.api;

import static io.gripstream.app.api.Credentials.NARROW;
import static io.gripstream.app.api.Credentials.ROOT;
import static io.gripstream.app.api.Credentials.SECRET;
import static io.gripstream.app.api.Credentials.admin;
import static io.gripstream.app.api.Credentials.reader;
import static io.gripstream.app.api.Credentials.token;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rights of users that are revoked: which, by whom, until when, on every instance. */
class RevocationsTest {
  private static final String EVENT = "{\"channel\":\"room-1\",\"data\":1}";

  @TempDir
  Path directory;

  private Map<String, String> environment = Map.of();
  private TestServer server;
  private TestServer other;

  @BeforeEach
  void start() {
    environment = Map.of(
        "GRIPSTREAM_TOKEN_SECRET",
        SECRET,
        "GRIPSTREAM_API_KEYS",
        "[" + ROOT + ", {key: " + NARROW + ", publish: ['room-*']}]",
        "DATABASE_URL",
        database());
    server = TestServer.start(environment);
    other = TestServer.start(environment);
  }

  /** A new one, without tables. */
  String database() {
    return "jdbc:sqlite:" + directory.resolve("events.db");
  }

  @AfterEach
  void stop() {
    server.close();
    other.close();
  }

  @Test
  void a_revocation_ends_streams_and_refuses_new_ones_on_every_instance_until_it_is_lifted() {
    Map<String, String> ann = reader("ann", "*");
    Map<String, String> bob = reader("bob", "*");
    String entry = "{\"user\":\"ann\",\"channel\":\"room-1\"}";
    try (StreamClient here = server.open("/events/room-1", ann);
        StreamClient there = other.open("/events/room-1", ann);
        StreamClient others = server.open("/events/room-1", bob);
        StreamClient elsewhere = server.open("/events/room-2", ann)) {
      here.expectOpen();
      there.expectOpen();
      others.expectOpen();
      elsewhere.expectOpen();

      Answer answer = server.post("/api/revoke", entry, "X-API-Key", ROOT);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(Duration.between(
              Instant.now(), Instant.parse(answer.json().get("until").stringValue())))
          .isBetween(Duration.ofMinutes(23 * 60 + 59), Duration.ofHours(24));
      here.expectError("forbidden");
      there.expectError("forbidden");
      others.expectNothing(Duration.ofMillis(300));
      elsewhere.expectNothing(Duration.ofMillis(300));
    }
    try (StreamClient client = other.open("/events/room-1", ann)) {
      client.expectError("forbidden");
    }
    assertThat(server
            .delete("/api/revoke?user=ann&channel=room-1", "X-API-Key", ROOT)
            .status())
        .isEqualTo(200);
    try (StreamClient client = server.open("/events/room-1", ann)) {
      client.expectOpen();
    }
  }

  @Test
  void a_revocation_of_a_pattern_or_of_all_ends_the_streams_that_it_means_on_every_instance() {
    Map<String, String> ann = reader("ann", "*");
    try (StreamClient room = server.open("/events?channel=room-1&channel=lobby", ann);
        StreamClient there = other.open("/events/room-2", ann);
        StreamClient news = server.open("/events/news", ann);
        StreamClient nobody = server.open("/events/room-1", Map.of("X-API-Key", ROOT))) {
      room.expectOpen();
      there.expectOpen();
      news.expectOpen();
      nobody.expectOpen();

      shutOut("ann", "room-*");
      assertThat(room.expectError("forbidden").data()).contains("\"channels\":[\"room-1\"]");
      there.expectError("forbidden");
      news.expectNothing(Duration.ofMillis(300));

      shutOut("ann", "*");
      news.expectError("forbidden");
      nobody.expectNothing(Duration.ofMillis(100));
    }
    try (StreamClient client = server.open("/events/lobby", ann)) {
      client.expectError("forbidden");
    }
  }

  @Test
  void a_revocation_covers_publishing_and_reading_by_the_api() {
    String ann = "Bearer " + token("ann", List.of("*"), List.of("*"), 600);
    shutOut("ann", "room-*");

    assertThat(server.post("/api/publish", EVENT, "Authorization", ann).error())
        .isEqualTo("403 forbidden: this credential may not publish to channel \"room-1\"");
    assertThat(server
            .post("/api/batch", "[" + EVENT + "]", "Authorization", ann)
            .json()
            .at("/0/error/code")
            .stringValue())
        .isEqualTo("forbidden");
    assertThat(server.get("/api/history?channel=room-1", "Authorization", ann).status())
        .isEqualTo(403);
    assertThat(server.get("/api/position?channel=room-1", "Authorization", ann).status())
        .isEqualTo(403);
    assertThat(server
            .post("/api/publish", "{\"channel\":\"news\",\"data\":1}", "Authorization", ann)
            .status())
        .isEqualTo(200);
  }

  @Test
  void
      an_administrator_with_revoked_rights_administers_no_more_and_no_user_lifts_their_own_revocation() {
    String ann = "Bearer " + admin("ann");
    String bob = "Bearer " + admin("bob");
    shutOut("ann", "room-1");
    String own = "403 forbidden: a token cannot change revocations of its own user";

    assertThat(server.get("/api/channels", "Authorization", ann).status()).isEqualTo(200);
    assertThat(server
            .delete("/api/revoke?user=ann&channel=room-1", "Authorization", ann)
            .error())
        .isEqualTo(own);
    assertThat(server
            .post("/api/revoke", "{\"user\":\"ann\",\"channel\":\"room-1\"}", "Authorization", ann)
            .error())
        .isEqualTo(own);

    shutOut("ann", "*");
    String all = "403 forbidden: all rights of this token's user are revoked";
    assertThat(server.get("/api/channels", "Authorization", ann).error()).isEqualTo(all);
    assertThat(server.get("/metrics", "Authorization", ann).error()).isEqualTo(all);
    assertThat(server.get("/api/revoke", "Authorization", ann).error()).isEqualTo(all);

    assertThat(server
            .delete("/api/revoke?user=ann&channel=*", "Authorization", bob)
            .status())
        .isEqualTo(200);
    assertThat(server.get("/api/channels", "Authorization", ann).status()).isEqualTo(200);
  }

  @Test
  void revocations_are_listed_with_their_end() {
    String until = "2099-01-01T00:00:00Z";
    for (String entry : List.of("bob news", "ann room-*", "ann *")) {
      String[] parts = entry.split(" ");
      server.post(
          "/api/revoke",
          "{\"user\":\"" + parts[0] + "\",\"channel\":\"" + parts[1] + "\",\"until\":\"" + until
              + "\"}",
          "X-API-Key",
          ROOT);
    }

    assertThat(other.get("/api/revoke", "X-API-Key", ROOT).body())
        .isEqualTo(("{'revocations':[{'user':'ann','channel':'*','until':'" + until
                + "'},{'user':'ann','channel':'room-*','until':'" + until
                + "'},{'user':'bob','channel':'news','until':'" + until + "'}],'more':false}")
            .replace('\'', '"'));
    assertThat(server.get("/api/revoke?user=bob", "X-API-Key", ROOT).json().get("revocations"))
        .hasSize(1);
    assertThat(server.get("/api/revoke", "X-API-Key", NARROW).status()).isEqualTo(403);
  }

  @Test
  void a_hundred_thousand_revocations_are_in_force_everywhere_and_one_more_is_refused()
      throws Exception {
    shutOut("ann", "room-1");
    try (var database = java.sql.DriverManager.getConnection(environment.get("DATABASE_URL"));
        var statement = database.createStatement()) {
      statement.execute("""
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
          INSERT INTO gripstream_revocation (user_id, channel, until, change)
          SELECT 'user-' || i, '*', 4000000000000, i + 1 FROM n""");
      statement.execute("UPDATE gripstream_meta SET value = '100000' WHERE name = 'revocation'");
    }
    String last = "Bearer " + token("user-99999", List.of(), List.of("*"), 600);
    for (TestServer each : List.of(server, other)) {
      Eventually.within(
          Duration.ofSeconds(10),
          () -> assertThat(
                  each.get("/api/history?channel=a", "Authorization", last).status())
              .isEqualTo(403));
    }

    assertThat(revoke("{\"user\":\"bob\",\"channel\":\"a\"}"))
        .startsWith("413 too_large: 100000 revocations are in force, which is the maximum");
    shutOut("user-99999", "*");
    assertThat(server
            .delete("/api/revoke?user=user-7&channel=*", "X-API-Key", ROOT)
            .status())
        .isEqualTo(200);
    shutOut("bob", "a");
    Answer list = other.get("/api/revoke", "X-API-Key", ROOT);
    assertThat(list.json().get("revocations")).hasSize(1_000);
    assertThat(list.json().get("more").booleanValue()).isTrue();
    String bob = "Bearer " + token("bob", List.of(), List.of("*"), 600);
    String seventh = "Bearer " + token("user-7", List.of(), List.of("*"), 600);
    Eventually.eventually(() -> {
      assertThat(other.get("/api/history?channel=a", "Authorization", bob).status())
          .isEqualTo(403);
      assertThat(other.get("/api/history?channel=a", "Authorization", seventh).status())
          .isEqualTo(200);
    });
  }

  @Test
  void a_starting_server_knows_revocations_before_its_first_request() {
    shutOut("ann", "*");
    Map<String, String> ann = reader("ann", "*");
    for (int i = 0; i < 3; i++) {
      other.close();
      other = TestServer.start(environment);
      try (StreamClient client = other.open("/events/room-1", ann)) {
        client.expectError("forbidden");
      }
    }
  }

  @Test
  void a_server_that_cannot_read_revocations_does_not_start() throws Exception {
    other.close();
    try (var database = java.sql.DriverManager.getConnection(environment.get("DATABASE_URL"));
        var statement = database.createStatement()) {
      statement.execute("ALTER TABLE gripstream_revocation RENAME TO elsewhere");
      assertThatThrownBy(() -> TestServer.start(environment)).isInstanceOf(StoreException.class);
      statement.execute("ALTER TABLE elsewhere RENAME TO gripstream_revocation");
    }
    other = TestServer.start(environment);
  }

  @Test
  void a_revocation_under_way_while_the_server_stops_is_answered() throws Exception {
    TestServer stopping = TestServer.start(environment);
    byte[] body = "{\"user\":\"ann\",\"channel\":\"room-1\"}".getBytes(UTF_8);
    int port = stopping.port();
    try (Socket socket = new Socket("127.0.0.1", port)) {
      String head = "POST /api/revoke HTTP/1.1\r\nHost: a\r\nX-API-Key: " + ROOT
          + "\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
          + body.length + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertThat(answer.readLine()).contains(" 100 ");
      assertThat(answer.readLine()).isEmpty();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(stopping::close);
      Eventually.eventually(() -> assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
          .isInstanceOf(ConnectException.class));

      socket.getOutputStream().write(body);

      assertThat(answer.readLine()).startsWith("HTTP/1.1 200");
      stopped.get(30, TimeUnit.SECONDS);
    }
    assertThat(server.get("/api/revoke", "X-API-Key", ROOT).json().get("revocations"))
        .hasSize(1);
  }

  @Test
  void a_revocation_that_makes_no_sense_is_refused() {
    assertThat(revoke("{\"user\":\"ann\",\"channel\":\"a*b\"}"))
        .startsWith("400 bad_request: a channel pattern is a name, or the beginning of one");
    assertThat(revoke("{\"user\":\"\\ud800x\",\"channel\":\"a\"}"))
        .startsWith("400 bad_request: user has half a surrogate pair at index 0");
    assertThat(revoke("{\"user\":\"" + "u".repeat(256) + "\",\"channel\":\"a\"}"))
        .isEqualTo("400 bad_request: user has 256 bytes, more than 255");
    assertThat(server.delete("/api/revoke?user=ann", "X-API-Key", ROOT).error())
        .isEqualTo("400 bad_request: query parameter channel is needed, once");
    assertThat(revoke("{\"user\":\"ann\"}"))
        .isEqualTo("400 bad_request: field \"channel\" is missing");
    assertThat(revoke("{\"user\":\"ann\",\"channel\":\"a\",\"until\":\"tomorrow\"}"))
        .isEqualTo(
            "400 bad_request: field \"until\" must be a time such as 2026-11-24T12:00:00Z, not \"tomorrow\"");
    assertThat(revoke("{\"user\":\"ann\",\"channel\":\"a\",\"until\":\"2020-01-01T00:00:00Z\"}"))
        .isEqualTo("400 bad_request: field \"until\" is not in the future: 2020-01-01T00:00:00Z");
    assertThat(
            revoke("{\"user\":\"ann\",\"channel\":\"a\",\"until\":\"+999999999-12-31T23:59:59Z\"}"))
        .isEqualTo("400 bad_request: field \"until\" is after 9999-12-31T23:59:59Z");
    assertThat(revoke("{\"user\":\"ann\",\"channels\":\"a\"}"))
        .isEqualTo("400 bad_request: unknown field \"channels\"; did you mean channel?");
  }

  private String revoke(String body) {
    return server.post("/api/revoke", body, "X-API-Key", ROOT).error();
  }

  private void shutOut(String user, String channel) {
    String entry = "{\"user\":\"" + user + "\",\"channel\":\"" + channel + "\"}";
    assertThat(server.post("/api/revoke", entry, "X-API-Key", ROOT).status()).isEqualTo(200);
  }
}
