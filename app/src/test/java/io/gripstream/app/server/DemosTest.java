package io.gripstream.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Main;
import io.gripstream.eventstream.testkit.StreamClient;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example programs as the server serves them; what they do is looked at by ExamplesIT. */
class DemosTest {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void demos_are_served_while_no_key_is_configured_and_leave_nothing_behind() throws Exception {
    Set<Path> made = folders();
    try (TestServer server = TestServer.start(Map.of("DATABASE_URL", "none"))) {
      HttpResponse<String> entered = post(server, "/demo/chat/lobby/enter", "name=ann", "");
      assertThat(entered.statusCode()).as(entered.body()).isEqualTo(200);
      String cookie = entered.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(cookie)
          .startsWith("gripstream_demo=")
          .contains("Path=/demo/", "HttpOnly", "SameSite=Strict");
      String session = cookie.split(";")[0];
      assertThat(post(server, "/demo/chat/lobby/say", "text=hello", session).statusCode())
          .isEqualTo(200);
      try (StreamClient chat = StreamClient.open(
          URI.create(server.url() + "/demo/chat/lobby/events"), Map.of("Cookie", session))) {
        chat.expectOpen().expectEvent(entered.body() + "\nhello");
      }
      try (StreamClient time = StreamClient.open(URI.create(server.url() + "/demo/time/events"))) {
        assertThat(time.expectOpen().next().type()).isEqualTo("tick");
      }
      Set<Path> others = Set.copyOf(made);
      made.clear();
      made.addAll(folders());
      made.removeAll(others);
    }
    // Others that run beside this one have such folders, too.
    assertThat(made).anyMatch(Files::notExists);
  }

  @Test
  void server_that_cannot_be_made_leaves_no_folder_behind(@TempDir Path temporary)
      throws Exception {
    ProcessBuilder serve = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Djava.io.tmpdir=" + temporary,
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "serve");
    serve
        .environment()
        .putAll(Map.of(
            "PORT", "0",
            "DATABASE_URL", "none",
            "GRIPSTREAM_DEMOS", "true",
            // The server has this path already.
            "GRIPSTREAM_ROUTES", "[{path: /events, channels: [a]}]"));
    Process process = serve.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isEqualTo(2);
    assertThat(said).contains("gripstream: routes: path \"/events\" is served already");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void demos_refuse_other_hosts_and_floods() throws Exception {
    try (TestServer server = TestServer.start(Map.of("DATABASE_URL", "none"))) {
      try (StreamClient rebound = StreamClient.open(
          URI.create(server.url() + "/demo/chat/"), Map.of("Host", "evil.example"))) {
        assertThat(rebound.status()).isEqualTo(403);
      }
      int posts = 0;
      int status = 403;
      while (status == 403 && posts < 1_500) {
        status = post(server, "/demo/chat/lobby/say", "text=flood", "").statusCode();
        posts++;
      }
      assertThat(status).isEqualTo(429);
    }
  }

  @Test
  void slow_forms_take_few_threads() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (TestServer server = TestServer.start(Map.of("DATABASE_URL", "none"))) {
      for (int i = 0; i < 260; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        sockets.add(socket);
        socket
            .getOutputStream()
            .write(("POST /demo/chat/lobby/enter HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                    + " application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nn")
                .getBytes(StandardCharsets.US_ASCII));
      }
      Instant begun = Instant.now();

      assertThat(server.get("/health/live").status()).isEqualTo(200);
      // The server waits 30 s for a form.
      assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(10));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void demos_are_off_where_a_key_is_configured() {
    try (TestServer server =
        TestServer.start(Map.of("GRIPSTREAM_API_KEYS", "3f9a8b7c6d5e4f3a2b1c"))) {
      assertThat(server.get("/demo/chat/").body()).contains("demos: true");
      assertThat(server.endpoints()).noneMatch(endpoint -> endpoint.startsWith("POST /demo"));
    }
  }

  private HttpResponse<String> post(TestServer server, String path, String form, String cookie)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form));
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static Set<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith("gripstream-demo"))
          .collect(Collectors.toSet());
    }
  }
}
