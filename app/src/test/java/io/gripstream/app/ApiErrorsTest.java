package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.app.config.ConfigException;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.app.server.Server;
import io.gripstream.eventstream.testkit.StreamClient;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the running server answers to those who may not, or ask wrongly. */
class ApiErrorsTest {
  private static final String KEY = "k3y.of.servers-0123456789";
  private static final String SECOND_KEY = "another-0123456789abcdef";
  private static final String TOKEN_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
  private static final String EVENT = "{\"channel\":\"news\",\"data\":\"x\"}";

  @TempDir
  Path directory;

  private @Nullable Server server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void wrong_requests_are_told_status_and_code() {
    serve(Map.of("GRIPSTREAM_API_KEYS", KEY, "GRIPSTREAM_MAX_BODY_BYTES", "100"));
    Map<String, String> key = Map.of("X-API-Key", KEY);

    expect(post("/api/publish", key, "application/json", EVENT), 200, "\"id\":1");
    expect(post("/api/publish", key, "application/json", "{"), 400, "\"code\":\"bad_request\"");
    expect(
        post("/api/publish", key, "application/json", "{\"chanel\":1}"),
        400,
        "unknown field \\\"chanel\\\"");
    expect(post("/api/publish", Map.of(), "application/json", EVENT), 401, "unauthorized");
    expect(
        post("/api/publish", Map.of("X-API-Key", "wrong"), "application/json", EVENT),
        401,
        "not one of the configured ones");
    expect(post("/api/nothing", key, "application/json", EVENT), 404, "\"code\":\"not_found\"");
    expect(
        post("/api/publish", key, "application/json", EVENT + " ".repeat(100)),
        413,
        "max_body_bytes");
    expect(
        post("/api/publish", key, "text/plain", EVENT),
        415,
        "Content-Type must be application/json");
  }

  @Test
  void two_keys_are_valid_at_once_and_one_with_dots_is_no_token() {
    serve(Map.of("GRIPSTREAM_API_KEYS", KEY + "," + SECOND_KEY));
    for (String key : List.of(KEY, SECOND_KEY)) {
      expect(
          post("/api/publish", Map.of("Authorization", "Bearer " + key), "application/json", EVENT),
          200,
          "position");
    }
  }

  @Test
  void tokens_allow_what_their_patterns_say() {
    serve(Map.of("GRIPSTREAM_TOKEN_SECRET", TOKEN_SECRET));
    Instant later = Instant.now().plusSeconds(60);
    expect(publishWith(token(later, List.of("ne*"))), 200, "position");
    expect(publishWith(token(later, List.of("sport"))), 403, "may not publish to channel");
    expect(publishWith(token(later, List.of())), 403, "may publish nothing (claim publish)");
    expect(
        publishWith(token(Instant.now().minusSeconds(60), List.of("*"))), 401, "token expired at");
    expect(publishWith(token(later, List.of("*")) + "x"), 401, "not a JWT signed with");
    expect(get("/metrics", bearer(token(later, List.of("*")))), 403, "claim admin");
  }

  @Test
  void a_held_stream_ends_when_its_token_expires() {
    serve(Map.of("GRIPSTREAM_TOKEN_SECRET", TOKEN_SECRET));
    String token = token(Instant.now().plusSeconds(3), List.of());
    try (StreamClient client = get("/events/news", bearer(token))) {
      client.expectOpen().expectError("token-expired");
    }
  }

  @Test
  void open_mode_serves_only_requests_of_this_machine() {
    serve(Map.of());
    String json = "application/json";
    expect(post("/api/publish", Map.of(), json, EVENT), 200, "position");
    expect(post("/api/publish", Map.of("Origin", url()), json, EVENT), 200, "position");
    Map<String, String> forged = Map.of(
        "Grip-Sig", "x",
        "Via", "1.1 proxy",
        "Forwarded", "for=192.0.2.1",
        "X-Forwarded-For", "192.0.2.1",
        "X-Forwarded-Anything", "x",
        "Host", "rebound.example",
        "Origin", "http://localhost:3000");
    forged.forEach((name, value) -> expect(
        post("/api/publish", Map.of(name, value), json, EVENT), 403, "no key is configured"));
    expect(get("/metrics", Map.of("Host", "rebound.example")), 403, "Host is not a loopback name");
    expect(
        post("/api/publish", Map.of("Origin", "null"), "text/plain", EVENT), 403, "another origin");
    expect(
        post("/api/publish", Map.of(), "application/x-www-form-urlencoded", "a=b"),
        415,
        "Content-Type must be");
  }

  @Test
  void weak_secrets_and_an_open_server_for_others_are_refused() {
    assertRefused(Map.of("GRIPSTREAM_API_KEYS", "short"), "api_keys, key 1");
    assertRefused(Map.of("GRIPSTREAM_SECRET", "changeme-changeme"), "secret: it is one that");
    assertRefused(Map.of("GRIPSTREAM_HOST", "0.0.0.0"), "no key is configured");
  }

  private void assertRefused(Map<String, String> settings, String message) {
    assertThatThrownBy(() -> serve(settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private StreamClient publishWith(String token) {
    return post("/api/publish", bearer(token), "application/json", EVENT);
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  private static String token(Instant expires, List<String> publish) {
    return Jwts.builder()
        .subject("alice")
        .expiration(Date.from(expires))
        .claim("publish", publish)
        .claim("subscribe", List.of("*"))
        .signWith(Keys.hmacShaKeyFor(TOKEN_SECRET.getBytes(StandardCharsets.UTF_8)), Jwts.SIG.HS256)
        .compact();
  }

  private void serve(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("PORT", "0");
    all.put("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db"));
    server = Server.start(
        SettingsReader.read(Sources.read(null, all, Map.of())),
        new Secret("7b1f0c9e5d2a48367b1f0c9e5d2a4836"),
        Clock.systemUTC());
  }

  private String url() {
    if (server == null) {
      throw new IllegalStateException("no server");
    }
    return server.url();
  }

  private StreamClient get(String path, Map<String, String> headers) {
    return StreamClient.open(URI.create(url() + path), headers);
  }

  private StreamClient post(String path, Map<String, String> headers, String type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", type);
    all.put("Content-Length", Integer.toString(bytes.length));
    return StreamClient.request("POST", URI.create(url() + path), all, bytes);
  }

  private static void expect(StreamClient answer, int status, String text) {
    try (answer) {
      int length = Integer.parseInt(String.valueOf(answer.header("Content-Length")));
      io.gripstream.eventstream.testkit.Eventually.eventually(
          () -> assertThat(answer.body()).hasSize(length));
      assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(text);
      assertThat(answer.status()).isEqualTo(status);
    }
  }
}
