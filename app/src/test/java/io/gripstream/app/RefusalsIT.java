package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.internal.Jose;
import io.gripstream.grip.testkit.Ports;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answers of the shipped program to mistakes, word for word. */
class RefusalsIT {
  private static final String KEY = "k3y.of.servers-0123456789";
  private static final String SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
  private static final String OTHER_SECRET = "f0e1d2c3b4a5968778695a4b3c2d1e0f";
  private static final String EVENT = "{\"channel\":\"news\",\"data\":\"x\"}";
  private static final int PORT = Ports.free(1).get(0);

  @TempDir
  static Path directory;

  private static Command server;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    server = Command.gripstream(
            directory,
            Map.of(
                "PORT",
                Integer.toString(PORT),
                "DATABASE_URL",
                "jdbc:sqlite:" + directory.resolve("events.db"),
                "GRIPSTREAM_TOKEN_SECRET",
                SECRET,
                "GRIPSTREAM_API_KEYS",
                KEY,
                "GRIPSTREAM_MAX_BODY_BYTES",
                "1000"),
            "serve")
        .await("ready:");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void no_credential() throws Exception {
    String message = "a credential is needed: Authorization: Bearer TOKEN, or X-API-Key: KEY";
    expect(publish("Accept", "*/*", EVENT), 401, "unauthorized", message);
    expect(stream("Accept", "*/*"), 401, "unauthorized", message);
  }

  @Test
  void a_token_of_another_signer() throws Exception {
    String token = token(OTHER_SECRET, complete());
    String message = "the token is not a JWT signed with the configured key";
    expect(publish("Authorization", "Bearer " + token, EVENT), 401, "unauthorized", message);
    expect(stream("Cookie", "gripstream_token=" + token), 401, "unauthorized", message);
  }

  @Test
  void a_token_that_has_expired() throws Exception {
    Instant expired = Instant.parse("2026-01-02T03:04:05Z");
    String token = token(SECRET, complete().expiration(Date.from(expired)));
    String message = "the token expired at 2026-01-02T03:04:05Z";
    expect(publish("Authorization", "Bearer " + token, EVENT), 401, "unauthorized", message);
    expect(stream("Authorization", "Bearer " + token), 401, "unauthorized", message);
  }

  @Test
  void a_token_that_lacks_a_claim() throws Exception {
    Date later = Date.from(Instant.now().plusSeconds(60));
    expect(
        publish("Authorization", "Bearer " + token(SECRET, Jose.token().expiration(later)), EVENT),
        401,
        "unauthorized",
        "the token has no claim sub");
    expect(
        publish("Authorization", "Bearer " + token(SECRET, Jose.token().subject("a")), EVENT),
        401,
        "unauthorized",
        "the token has no claim exp");
    expect(
        publish(
            "Authorization",
            "Bearer " + token(SECRET, Jose.token().subject("a").expiration(later)),
            EVENT),
        403,
        "forbidden",
        "this credential may publish nothing (claim publish)");
    expect(
        publish(
            "Authorization",
            "Bearer " + token(SECRET, complete().claim("publish", List.of("sport"))),
            EVENT),
        403,
        "forbidden",
        "this credential may not publish to channel \\\"news\\\"");
  }

  /** Each sends all of a body before it reads, and the answer to a broken pipe is none. */
  @Test
  void refusals_of_30_megabytes_reach_python_and_node() throws Exception {
    // Longer than a slow machine takes for all requests.
    Date later = Date.from(Instant.now().plusSeconds(3_600));
    String noRight = token(SECRET, complete().expiration(later).claim("publish", List.of()));
    List<List<String>> requests = List.of(
        List.of("413", "/api/publish", "application/json", "X-API-Key", KEY),
        List.of("401", "/api/publish", "application/json", "X-API-Key", "nobody-knows-this-key"),
        List.of("401", "/api/batch", "application/json", "X-None", "none"),
        List.of("403", "/api/publish", "application/json", "Authorization", "Bearer " + noRight),
        List.of("415", "/api/publish", "text/plain", "X-API-Key", KEY),
        List.of("413", "/api/revoke", "application/json", "X-API-Key", KEY),
        List.of("404", "/api/none", "application/json", "X-API-Key", KEY));
    String python = """
        import http.client, sys
        for attempt in range(2):
            connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=20)
            connection.request('POST', sys.argv[3], b'a' * 30_000_000,
                {'Content-Type': sys.argv[4], sys.argv[5]: sys.argv[6]})
            print(connection.getresponse().status)
        """;
    String node = """
        const [port, , path, type, name, value] = process.argv.slice(1);
        for (let attempt = 0; attempt < 2; attempt++) {
          const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
            method: "POST", body: "a".repeat(30000000), headers: { "Content-Type": type, [name]: value } });
          console.log(answer.status);
        }
        """;

    for (List<String> request : requests) {
      for (List<String> client : List.of(
          List.of("python3", "-c", python), List.of("node", "--input-type=module", "-e", node))) {
        List<String> command = new ArrayList<>(client);
        command.add(Integer.toString(PORT));
        command.addAll(request);
        assertThat(
                Command.start(directory, Map.of(), command).expectExit(0).out().lines())
            .as("%s %s", client.get(0), request)
            .containsExactly(request.get(0), request.get(0));
      }
    }
  }

  @Test
  void a_body_that_is_too_long() throws Exception {
    String body = "{\"channel\":\"news\",\"data\":\"" + "x".repeat(1_000) + "\"}";
    expect(
        publish("X-API-Key", KEY, body),
        413,
        "too_large",
        "the body is longer than 1000 bytes (max_body_bytes)");
  }

  @Test
  void a_key_that_is_not_known() throws Exception {
    expect(
        publish("X-API-Key", "k3y.of.servers-0123456780", EVENT),
        401,
        "unauthorized",
        "the API key is not one of the configured ones");
    expect(
        publish("X-API-Key", KEY, "{\"chanel\":\"news\",\"data\":\"x\"}"),
        400,
        "bad_request",
        "unknown field \\\"chanel\\\"; did you mean channel?");

    Path file = Files.writeString(directory.resolve("wrong.yaml"), "prt: 80\n");
    expectWrongUsage(
        Map.of(), file + ": unknown key prt; did you mean port?", "--config", file.toString());
    expectWrongUsage(
        Map.of("GRIPSTREAM_PRT", "80"),
        "unknown environment variable GRIPSTREAM_PRT; did you mean GRIPSTREAM_PORT?");
  }

  private static void expectWrongUsage(
      Map<String, String> settings, String message, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "serve";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Command serve = Command.gripstream(directory, settings, all).expectExit(2);
    assertThat(serve.err()).isEqualTo("gripstream: " + message + System.lineSeparator());
  }

  private static JwtBuilder complete() {
    return Jose.token()
        .subject("alice")
        .expiration(Date.from(Instant.now().plusSeconds(60)))
        .claim("publish", List.of("*"))
        .claim("subscribe", List.of("*"));
  }

  private static String token(String secret, JwtBuilder claims) {
    return claims
        .signWith(Keys.hmacShaKeyFor(secret.getBytes(StandardCharsets.UTF_8)), Jwts.SIG.HS256)
        .compact();
  }

  private HttpResponse<String> publish(String header, String value, String body) throws Exception {
    return send(HttpRequest.newBuilder(uri("/api/publish"))
        .header("Content-Type", "application/json")
        .header(header, value)
        .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> stream(String header, String value) throws Exception {
    return send(HttpRequest.newBuilder(uri("/events/news")).header(header, value));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + PORT + path);
  }

  private static void expect(HttpResponse<String> answer, int status, String code, String message) {
    assertThat(answer.body())
        .isEqualTo("{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}");
    assertThat(answer.statusCode()).isEqualTo(status);
  }
}
