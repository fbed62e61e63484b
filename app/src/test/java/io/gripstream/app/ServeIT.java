package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server as a process: its logs, its end, and what it never tells. */
class ServeIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String KEY = "hidden-apikey-4e1f0a9b";

  @TempDir
  Path directory;

  private final int port = Ports.free(1).get(0);

  @Test
  void sigterm_tells_streams_to_come_back_and_every_line_of_the_log_is_an_object() {
    Map<String, String> environment = environment();
    environment.put("GRIPSTREAM_LOG_FORMAT", "json");
    try (Command server = Command.gripstream(directory, environment, "serve").await("ready:")) {
      try (StreamClient client = open("/events/news", Map.of("X-API-Key", KEY));
          StreamClient hostile =
              open("/api/a%0d%0a%e2%80%a8b?token=hidden", Map.of("Connection", "close"))) {
        client.expectOpen();
        hostile.expectEnd();
        post("/api/revoke", "{\"user\":\"ann\",\"channel\":\"news\"}");

        server.terminate();

        client.expectError("shutdown");
        client.expectEnd();
      }
      // 128 + SIGTERM, as for every Java program.
      assertThat(server.awaitExit()).isEqualTo(143);
      List<JsonNode> log = server.err().lines().map(JSON::readTree).toList();
      assertThat(log).allMatch(line -> line.has("time") && line.has("level") && line.has("logger"));
      assertThat(log)
          .extracting(line -> line.get("message").stringValue())
          .anyMatch(text -> text.startsWith("Serving at http://127.0.0.1:" + port))
          .anyMatch(text -> text.startsWith("User ann is revoked on news until "))
          .anyMatch(text -> text.startsWith("Stopping: "));
      JsonNode access = log.stream()
          .filter(line -> line.path("path").stringValue("").startsWith("/api/a"))
          .findFirst()
          .orElseThrow();
      assertThat(access.get("method").stringValue()).isEqualTo("GET");
      assertThat(access.get("status").intValue()).isEqualTo(404);
      assertThat(access.get("peer").stringValue()).isEqualTo("127.0.0.1");
      assertThat(access.get("millis").isNumber()).isTrue();
      assertThat(access.get("path").stringValue()).doesNotContain("\n", "\r", "\u2028", "hidden");
    }
  }

  @Test
  void storage_that_was_replaced_ends_the_server_so_that_its_supervisor_starts_it_again()
      throws Exception {
    Map<String, String> environment = environment();
    Path file = directory.resolve("events.db");
    Path backup = directory.resolve("backup.db");
    environment.put("DATABASE_URL", "jdbc:sqlite:" + backup);
    run(environment, "migrate");
    environment.put("DATABASE_URL", "jdbc:sqlite:" + file);
    try (Command server = Command.gripstream(directory, environment, "serve").await("ready:");
        StreamClient client = open("/events/news", Map.of("X-API-Key", KEY))) {
      client.expectOpen();
      Files.move(backup, file, StandardCopyOption.REPLACE_EXISTING);

      assertThat(get("/health/ready", Map.of())).contains("\"unavailable\"");

      client.expectError("shutdown");
      client.expectEnd();
      assertThat(server.awaitExit()).isEqualTo(3);
      assertThat(server.err())
          .contains("The server exits with code 3 and expects to be restarted: " + file
              + " was removed or replaced while it was in use");
    }
  }

  @Test
  void no_secret_is_ever_printed_logged_or_served() throws Exception {
    Map<String, String> secrets = environment();
    secrets.putAll(Map.of(
        "GRIPSTREAM_API_KEYS", KEY + ",hidden-second-1a2b3c4d",
        "GRIPSTREAM_TOKEN_SECRET", "hidden-token-0c9d8e7f6a5b4c3d2e1f0a9b",
        "GRIPSTREAM_SECRET", "hidden-signing-7f6a5b4c",
        "GRIP_VERIFY_KEY", "hidden-verify-2e1f0a9b",
        "GRIP_URL", "http://127.0.0.1:" + Ports.free(1).get(0) + "/?iss=me&key=hidden-control-5b4c",
        "GRIPSTREAM_LOG_LEVEL", "debug"));
    String token = run(secrets, "gentoken", "--sub", "ann", "--subscribe", "*").strip();
    String signature = token.substring(token.lastIndexOf('.') + 1);
    StringBuilder all = new StringBuilder();
    try (Command server = Command.gripstream(directory, secrets, "serve").await("ready:")) {
      for (String path : List.of(
          "/metrics",
          "/health/ready",
          "/openapi.yaml",
          "/",
          "/api/channels",
          "/api/nothing",
          "/api/history?channel=news&limit=hidden",
          "/api/position?channel=news")) {
        all.append(get(path, Map.of("X-API-Key", KEY)));
      }
      all.append(get("/api/channels", Map.of("Authorization", "Bearer " + token)));
      all.append(get("/api/channels", Map.of("Authorization", "Bearer hidden-wrong-key")));
      all.append(get("/api/channels", Map.of("X-API-Key", "hidden-wrong-key")));
      all.append(get("/events/news", Map.of("Authorization", "Bearer " + token + "x")));
      all.append(get("/api/channels", Map.of("Cookie", "gripstream_token=" + token)));
      // A request that the HTTP library refuses itself, and would quote in its answer and its log.
      for (String begin : List.of(
          "GET / HTTP/1.1\r\nHost: a:hidden-port",
          "GET /hidden-%zz HTTP/1.1\r\nHost: a",
          "GET / HTTP/1.1\r\nHost: a\r\nhidden header: hidden-value",
          "hidden-method/ / HTTP/1.1\r\nHost: a",
          "GET / HTTP/hidden-version",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: hidden-length",
          "GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: hidden-\u0000")) {
        all.append(raw(begin + "\r\nConnection: close\r\n\r\n"));
      }
      try (StreamClient client =
          open("/events/news", Map.of("Cookie", "gripstream_token=" + token))) {
        client.expectOpen();
        all.append(post("/api/publish", "{\"channel\":\"news\",\"data\":1}"));
        all.append(new String(client.body(), StandardCharsets.UTF_8));
      }
      Map<String, String> withToken = new HashMap<>(secrets);
      withToken.put("GRIPSTREAM_TOKEN", token);
      for (String line : List.of(
          "checkconfig",
          "checktoken",
          "routes",
          "migrate",
          "doctor",
          "publish news x",
          "tail news --since 0 --count 1",
          "--help",
          "serve --help",
          "publish --help",
          "tail --help",
          "gentoken --help",
          "checktoken --help",
          "doctor --help",
          "generate-completion")) {
        all.append(run(withToken, line.split(" ")));
      }
      server.terminate();
      server.awaitExit();
      all.append(server.out()).append(server.err());
    }
    Map<String, String> postgres = new HashMap<>(secrets);
    for (String url : List.of(
        "jdbc:postgresql://127.0.0.1:1/x?user=u&password=hidden-db-1",
        "jdbc:postgresql://u:hidden-db-2@127.0.0.1:1/x",
        "redis://:hidden-db-3@127.0.0.1:1/x",
        "postgres://u:hidden-db-4@127.0.0.1:1/x")) {
      postgres.put("DATABASE_URL", url);
      all.append(run(postgres, "publish", "news", "x"));
      all.append(run(postgres, "checkconfig"));
    }

    assertThat(all.toString())
        .contains("Serving at ", "api_keys: ***", "gripstream_streams ")
        .doesNotContain("hidden-", signature);
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(8_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Map<String, String> environment() {
    return ServerEnvironment.of(directory, port, KEY);
  }

  /** A command, and all that it says. */
  private String run(Map<String, String> environment, String... arguments) {
    try (Command command = Command.gripstream(directory, environment, arguments)) {
      command.awaitExit();
      return command.out() + command.err();
    }
  }

  private String get(String path, Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Connection", "close");
    try (StreamClient client = open(path, all)) {
      client.expectEnd();
      return client.headers() + new String(client.body(), StandardCharsets.UTF_8);
    }
  }

  private String post(String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = Map.of(
        "X-API-Key",
        KEY,
        "Connection",
        "close",
        "Content-Type",
        "application/json",
        "Content-Length",
        Integer.toString(bytes.length));
    try (StreamClient client = StreamClient.request("POST", uri(path), headers, bytes)) {
      client.expectEnd();
      assertThat(client.status()).isEqualTo(200);
      return new String(client.body(), StandardCharsets.UTF_8);
    }
  }

  private StreamClient open(String path, Map<String, String> headers) {
    return StreamClient.open(uri(path), headers);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
