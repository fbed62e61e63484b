package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.auth.TokenSigner;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /openapi.yaml} describes exactly the behaviour of the server. */
class OpenApiTest {
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";
  private static final String SECRET = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";
  private static final String[] ROOT = {"X-API-Key", KEY};
  private static final String EVENT = "{\"channel\":\"room-1\",\"data\":\"x\"}";
  private static final String ENTRY = "{\"user\":\"ann\",\"channel\":\"room-1\"}";
  private static final String LIFT = "/api/revoke?user=ann&channel=room-1";
  private static final String LONG = " ".repeat(20_001);

  /** Of the demos, only the pages themselves are described. */
  private static final Pattern PART_OF_DEMO = Pattern.compile("[A-Z]+ /demo/(chat|time)/.+");

  /** Parts of the console, which change with it. */
  private static final Pattern PART_OF_CONSOLE = Pattern.compile("[A-Z]+ /console/.+");

  /**
   * A locked database is waited for, 5 s each time; once is enough to see. BodiesTest waits for the
   * 10 s of a body that pauses.
   */
  private static final Set<String> NOT_WAITED_FOR = Set.of(
      "POST /api/revoke 429",
      "DELETE /api/revoke 429",
      "POST /api/publish 408",
      "POST /api/batch 408",
      "POST /api/revoke 408");

  @TempDir
  Path directory;

  private TestServer server;
  private ApiDescription api;

  @BeforeEach
  void start() {
    server = TestServer.start(
        environment(Map.of("GRIPSTREAM_MAX_STREAMS_PER_USER", "1", "GRIPSTREAM_DEMOS", "true")));
    api = new ApiDescription(server.get("/openapi.yaml").body());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void every_path_and_method_is_described_and_there_is_no_other() {
    Set<String> served = new TreeSet<>();
    server.endpoints().stream()
        .filter(endpoint -> !endpoint.contains("/~"))
        .filter(endpoint -> !PART_OF_CONSOLE.matcher(endpoint).matches())
        .filter(endpoint -> endpoint.matches("(GET|POST|PUT|PATCH|DELETE) .*"))
        .filter(endpoint -> !PART_OF_DEMO.matcher(endpoint).matches())
        .filter(endpoint -> !endpoint.matches("(POST|PUT|PATCH|DELETE) /events.*"))
        .forEach(served::add);

    assertThat(api.operations()).isEqualTo(served);
  }

  @Test
  void every_answer_and_field_is_described_and_there_is_no_other() throws SQLException {
    assertThat(api.fields("Event"))
        .containsExactlyInAnyOrder(
            "channel", "channels", "type", "data", "skip_user_ids", "idempotency_key");
    pages();
    publishing();
    reading();
    administration();
    streams();
    refusals();
    busyStorage();
    brokenStorage();

    assertThat(api.answersNeverSeen()).isEqualTo(NOT_WAITED_FOR);
    // A fault ends the process.
    assertThat(api.fieldsNeverSeen(List.of("Event"))).containsExactly("Readiness.fault");
  }

  @Test
  void the_codes_of_errors_are_the_ones_there_are() {
    assertThat(server.get("/openapi.yaml").body())
        .contains("enum: ["
            + String.join(", ", Stream.of(ApiError.values()).map(ApiError::code).toList()) + "]");
  }

  private void pages() {
    for (String path : List.of(
        "/openapi.yaml",
        "/",
        "/demo/chat/",
        "/demo/time/",
        "/eventstream/client.js",
        "/health/live")) {
      api.check("GET " + path, 200, server.get(path));
    }
    api.check("GET /metrics", 200, server.get("/metrics", ROOT));
    try (TestServer other = TestServer.start(environment(Map.of()))) {
      api.check("GET /demo/chat/", 404, other.get("/demo/chat/"));
      api.check("GET /demo/time/", 404, other.get("/demo/time/"));
    }
  }

  private void publishing() {
    for (int i = 0; i < 2; i++) {
      api.check("POST /api/publish", 200, server.post("/api/publish", """
        {"channel":"room-1","type":"said","data":{"a":[1]},"skip_user_ids":["bob"],"idempotency_key":"k"}
        """, ROOT));
    }
    api.check(
        "POST /api/publish",
        200,
        server.post("/api/publish", "{\"channel\":\"lossy\",\"data\":1}", ROOT));
    String several =
        "{\"channels\":[\"room-1\",\"lossy\"],\"data\":1,\"idempotency_key\":\"several\"}";
    for (int i = 0; i < 2; i++) {
      api.check("POST /api/publish", 200, server.post("/api/publish", several, ROOT));
    }
    api.check("POST /api/batch", 200, server.post("/api/batch", "[" + several + "]", ROOT));
    api.check("POST /api/batch", 200, server.post("/api/batch", "[" + EVENT + ",{}]", ROOT));
    api.check(
        "POST /api/batch",
        200,
        server.postAs("application/x-ndjson", "/api/batch", EVENT + "\n{}\n", ROOT));
    for (String path : List.of("/api/publish", "/api/batch")) {
      bodies("POST " + path);
    }
  }

  private void reading() {
    api.check("GET /api/position", 200, server.get("/api/position?channel=room-1", ROOT));
    api.check("GET /api/position", 400, server.get("/api/position", ROOT));
    api.check("GET /api/history", 200, server.get("/api/history?channel=room-1", ROOT));
    api.check(
        "GET /api/history", 200, server.get("/api/history?channel=room-1&since=0&limit=1", ROOT));
    api.check("GET /api/history", 400, server.get("/api/history?channel=a&since=-1", ROOT));
    api.check("GET /api/history", 404, server.get("/api/history?channel=lossy", ROOT));
    api.check("DELETE /api/history", 200, server.delete("/api/history?channel=gone&up_to=7", ROOT));
    api.check("DELETE /api/history", 400, server.delete("/api/history?channel=a&up_to=0", ROOT));
  }

  private void administration() {
    try (StreamClient client = StreamClient.open(uri("/events/room-1"), Map.of("X-API-Key", KEY))) {
      client.expectOpen();
      api.check("GET /api/channels", 200, server.get("/api/channels", ROOT));
    }
    api.check("GET /api/channels", 400, server.get("/api/channels?user=ann", ROOT));
    api.check("GET /api/revoke", 400, server.get("/api/revoke?usr=ann", ROOT));
    api.check("POST /api/revoke", 200, server.post("/api/revoke", ENTRY, ROOT));
    api.check("GET /api/revoke", 200, server.get("/api/revoke", ROOT));
    api.check("DELETE /api/revoke", 200, server.delete(LIFT, ROOT));
    api.check("DELETE /api/revoke", 400, server.delete("/api/revoke?user=ann", ROOT));
    bodies("POST /api/revoke");
    // A proxy that does not exist, and an invalid signature.
    try (StreamClient client =
        StreamClient.open(uri("/events/room-1"), Map.of("X-API-Key", KEY, "Grip-Sig", "x.y.z"))) {
      client.expectOpen();
    }
    Eventually.eventually(() -> assertThat(server.get("/health/ready", ROOT).body())
        .contains("degraded")
        .contains("last_reason"));
    api.check("GET /health/ready", 200, server.get("/health/ready"));
    api.check("GET /health/ready", 200, server.get("/health/ready", ROOT));
  }

  private void streams() {
    Map<String, String> ann = Map.of("Authorization", "Bearer " + token("ann"));
    for (String path : List.of("/events?channel=room-1", "/events/room-1")) {
      String operation = path.contains("?") ? "GET /events" : "GET /events/{channel}";
      api.check(operation, 401, server.get(path));
      try (StreamClient one = StreamClient.open(uri(path), ann)) {
        one.expectOpen();
        api.check(operation, 200, String.valueOf(one.header("Content-Type")), "");
        api.check(operation, 429, server.get(path, "Authorization", ann.get("Authorization")));
      }
      Eventually.eventually(() ->
          assertThat(server.get("/api/channels", ROOT).body()).isEqualTo("{\"channels\":{}}"));
    }
    try (TestServer full = TestServer.start(environment(Map.of("GRIPSTREAM_MAX_STREAMS", "1")));
        StreamClient one = StreamClient.open(URI.create(full.url() + "/events/a"), ann)) {
      one.expectOpen();
      api.check("GET /events", 503, full.get("/events?channel=a", ROOT));
      api.check("GET /events/{channel}", 503, full.get("/events/a", ROOT));
    }
  }

  private void refusals() {
    String[] nobody = {};
    String[] reader = {"Authorization", "Bearer " + token("ann")};
    for (String[] who : List.of(nobody, reader)) {
      int status = who.length == 0 ? 401 : 403;
      api.check("POST /api/publish", status, server.post("/api/publish", EVENT, who));
      api.check("POST /api/batch", status, server.post("/api/batch", "[]", who));
      api.check("POST /api/revoke", status, server.post("/api/revoke", ENTRY, who));
      api.check("GET /api/revoke", status, server.get("/api/revoke", who));
      api.check("DELETE /api/revoke", status, server.delete(LIFT, who));
      api.check("DELETE /api/history", status, server.delete("/api/history?channel=a", who));
      api.check("GET /api/channels", status, server.get("/api/channels", who));
      api.check("GET /metrics", status, server.get("/metrics", who));
      api.check("GET /api/position", status, server.get("/api/position?channel=secret", who));
      api.check("GET /api/history", status, server.get("/api/history?channel=secret", who));
    }
  }

  /** Bodies that are not JSON, too long, or of another type. */
  private void bodies(String operation) {
    api.check(operation, 400, send(operation, "application/json", "{"));
    api.check(operation, 413, send(operation, "application/json", LONG));
    api.check(operation, 415, send(operation, "text/plain", EVENT));
  }

  private Answer send(String operation, String type, String body) {
    String path = operation.substring(operation.indexOf('/'));
    return server.postAs(type, path, body, ROOT);
  }

  /** Somebody keeps the database locked. */
  private void busyStorage() throws SQLException {
    try (Connection other = DriverManager.getConnection(database());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      Answer answer = api.check("POST /api/publish", 429, server.post("/api/publish", EVENT, ROOT));
      assertThat(answer.header("retry-after")).isNotEmpty();
      statement.execute("ROLLBACK");
    }
  }

  /** Somebody dropped the tables. */
  private void brokenStorage() throws SQLException {
    try (Connection other = DriverManager.getConnection(database());
        Statement statement = other.createStatement()) {
      for (String table : Arrays.asList(
          "event",
          "batch",
          "confirmed",
          "proxy",
          "outbox",
          "idempotency",
          "lease",
          "revocation",
          "meta",
          "channel")) {
        statement.execute("DROP TABLE gripstream_" + table);
      }
    }
    api.check("POST /api/publish", 503, server.post("/api/publish", EVENT, ROOT));
    api.check("GET /api/position", 503, server.get("/api/position?channel=room-1", ROOT));
    api.check("GET /api/history", 503, server.get("/api/history?channel=room-1", ROOT));
    api.check("DELETE /api/history", 503, server.delete("/api/history?channel=room-1", ROOT));
    api.check("POST /api/revoke", 503, server.post("/api/revoke", ENTRY, ROOT));
    api.check("GET /api/revoke", 503, server.get("/api/revoke", ROOT));
    api.check("DELETE /api/revoke", 503, server.delete(LIFT, ROOT));
    Eventually.eventually(
        () -> api.check("GET /health/ready", 503, server.get("/health/ready", ROOT)));
  }

  private Map<String, String> environment(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.putAll(Map.of(
        "DATABASE_URL",
        database(),
        "GRIPSTREAM_API_KEYS",
        KEY,
        "GRIPSTREAM_TOKEN_SECRET",
        SECRET,
        "GRIPSTREAM_CHANNEL_RULES",
        "[{channels: 'lossy', reliable: false}]",
        "GRIPSTREAM_MAX_BODY_BYTES",
        "10000",
        "GRIP_URL",
        "http://127.0.0.1:" + Ports.free(1).get(0),
        "GRIP_VERIFY_KEY",
        "a key of nobody's proxy"));
    return environment;
  }

  private String database() {
    return "jdbc:sqlite:" + directory.resolve("events.db");
  }

  private URI uri(String path) {
    return URI.create(server.url() + path);
  }

  private static String token(String user) {
    return TokenSigner.ofSecret(
            new Settings.Auth(List.of(), new Secret(SECRET), null, null, null, null))
        .sign(user, List.of(), List.of("room-*", "a"), false, Instant.now().plusSeconds(600));
  }
}
