package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The proxies in front of Pushpin in docs/deploy.md: each with its file of docs/deploy, where it
 * can be with compression switched on around it, and with 3 s where the file has 90 s.
 */
class FrontProxiesIT {
  private static final Path DEPLOY = Path.of("../docs/deploy");
  private static final String KEY = "0a1b2c3d4e5f60718293";
  private static final String BIG = "x".repeat(200_000);

  /** Programs that people have in front. */
  enum Front {
    NGINX,
    CADDY,
    APACHE,
    HAPROXY,
    VARNISH,
    LIGHTTPD;

    boolean hasTls() {
      return this != CADDY && this != VARNISH;
    }
  }

  @TempDir
  static Path directory;

  private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();
  private static final Map<Front, Integer> PORTS = new EnumMap<>(Front.class);
  private static final Map<Front, Command> READERS = new EnumMap<>(Front.class);
  private static final int SERVER = Ports.free(1).get(0);

  @BeforeAll
  static void start() throws Exception {
    Pushpin pushpin = started(Pushpin.forOrigin(SERVER));
    Map<String, String> settings = Map.of(
        "PORT",
        Integer.toString(SERVER),
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"),
        "GRIP_URL",
        pushpin.gripUrl(),
        "GRIPSTREAM_KEEP_ALIVE",
        "1s",
        "GRIPSTREAM_API_KEYS",
        KEY);
    started(Command.gripstream(directory, settings, "serve")).await("ready:");
    pushpin.awaitStream("/events/ready");
    Certificate certificate = Certificate.create(directory);
    Path both = Files.writeString(
        directory.resolve("both.pem"),
        Files.readString(certificate.certificate()) + Files.readString(certificate.key()));
    List<Integer> ports = Ports.free(Front.values().length);
    for (Front front : Front.values()) {
      PORTS.put(front, ports.get(front.ordinal()));
      Path home = Files.createDirectory(directory.resolve(front.name()));
      FrontProxy proxy =
          new FrontProxy(home, PORTS.get(front), pushpin.uri().getAuthority(), certificate, both);
      started(proxy.start(front));
    }
    for (Front front : Front.values()) {
      Eventually.eventually(
          () -> assertThat(status(front, "/api/channels")).as(front.name()).isNotEqualTo("000"));
      READERS.put(front, started(curl(front, "/events/" + front, "-N", "--compressed")));
    }
    READERS.forEach((front, reader) -> reader.await("event: stream-open"));
  }

  @AfterAll
  static void stop() throws Exception {
    while (!STARTED.isEmpty()) {
      STARTED.pop().close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_event_arrives_at_once_whole_and_once(Front front) throws Exception {
    publish(front, "small");
    Eventually.within(
        Duration.ofSeconds(2),
        () -> assertThat(READERS.get(front).out()).contains("data: small\n"));
    publish(front, BIG);
    Eventually.within(
        Duration.ofSeconds(3),
        () -> assertThat(READERS.get(front).out()).contains("data: " + BIG + "\n"));
  }

  @ParameterizedTest
  @EnumSource
  void a_client_that_returns_gets_the_missed_events(Front front) throws Exception {
    publish(front, "missed");

    Command reader = started(
        curl(front, "/events/" + front, "-N", "--compressed", "-H", "Last-Event-ID: earliest"));

    reader.await("data: missed\n");
  }

  @ParameterizedTest
  @EnumSource
  void nothing_but_streams_and_the_client_is_let_through(Front front) {
    for (String path : List.of(
        "/",
        "/api/channels",
        "/metrics",
        "/health/live",
        "/eventsx",
        "/events/~next/x",
        "/events/news/~next/x",
        "/events/~keep/0",
        "/events/~gone/x")) {
      // Where nothing is passed on, Apache and lighttpd look for files.
      assertThat(status(front, path)).as(path).isIn("404", "403");
    }
    assertThat(status(front, "/eventstream/client.js")).isEqualTo("200");
  }

  @Test
  void nginx_lets_pages_ask_for_positions_and_history_and_for_nothing_else() throws Exception {
    publish(Front.NGINX, "stored");
    for (String path : List.of("/api/position?channel=NGINX", "/api/history?channel=NGINX")) {
      Command answer = curl(Front.NGINX, path, "-w", " %{http_code}");
      answer.awaitExit();
      assertThat(answer.out()).contains("NGINX").endsWith(" 200");
    }
    assertThat(status(Front.NGINX, "/api/history/x")).isEqualTo("404");
    Command publish = curl(Front.NGINX, "/api/publish", "-d", "{}", "-w", "%{http_code}");
    publish.awaitExit();
    assertThat(publish.out()).endsWith("404");
  }

  @Test
  void doctor_names_the_line_that_a_lighttpd_lacks() throws Exception {
    int port = Ports.free(1).get(0);
    Path home = Files.createDirectory(directory.resolve("holds-back"));
    Path config = Files.writeString(home.resolve("config"), """
        server.port = %d
        server.bind = "127.0.0.1"
        server.document-root = "%s"
        server.modules += ( "mod_proxy" )
        proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => %d ) ) )
        """.formatted(port, home, SERVER));
    started(Command.start(home, Map.of(), List.of("lighttpd", "-D", "-f", config.toString())));
    Map<String, String> settings = Map.of(
        "PORT",
        Integer.toString(SERVER),
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"),
        "GRIPSTREAM_API_KEYS",
        KEY);

    Command doctor = Command.gripstream(directory, settings, "doctor", "http://127.0.0.1:" + port);

    doctor.expectExit(1);
    assertThat(doctor.out())
        .contains("switch buffering off there (lighttpd: server.stream-response-body = 2)");
  }

  /** All of them at the same time: it takes as long as their time-outs. */
  @Test
  void keep_alives_keep_idle_streams_beyond_the_time_outs() {
    Map<Front, Integer> before = new EnumMap<>(Front.class);
    READERS.forEach((front, reader) -> before.put(front, keepAlives(reader)));

    Eventually.within(
        Duration.ofSeconds(20),
        () -> assertThat(READERS)
            .allSatisfy((front, reader) -> assertThat(keepAlives(reader) - before.get(front))
                .as("%s; %s", front, reader.err())
                .isGreaterThan(4)));
    assertThat(READERS.values()).allMatch(Command::isAlive);
  }

  private static int keepAlives(Command reader) {
    return reader.out().split("event: keep-alive", -1).length - 1;
  }

  private static String status(Front front, String path) {
    Command answer = curl(front, path, "-o", "/dev/null", "-w", "%{http_code}");
    answer.awaitExit();
    return answer.out();
  }

  private static Command curl(Front front, String path, String... options) {
    List<String> line = new ArrayList<>(List.of("curl", "-sk"));
    line.addAll(Arrays.asList(options));
    line.add((front.hasTls() ? "https" : "http") + "://localhost:" + PORTS.get(front) + path);
    return Command.start(directory, Map.of(), line);
  }

  private static void publish(Front front, String data) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + SERVER + "/api/publish"))
        .header("Content-Type", "application/json")
        .header("X-API-Key", KEY)
        .POST(
            BodyPublishers.ofString("{\"channel\":\"%s\",\"data\":\"%s\"}".formatted(front, data)))
        .build();
    assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private static <T extends AutoCloseable> T started(T what) {
    STARTED.push(what);
    return what;
  }

  /** Starts each with its file, and what the system's own files have around it. */
  private record FrontProxy(
      Path home, int port, String pushpin, Certificate certificate, Path both) {

    AutoCloseable start(Front front) throws IOException {
      return switch (front) {
        case NGINX ->
          Nginx.start(
              home,
              port,
              "gzip on; gzip_types *; gzip_min_length 0;\n"
                  + file("nginx.conf", "listen 443 ", "listen 127.0.0.1:" + port + " ")
                      .replaceFirst("(?m)^ +location / ", forPages() + "$0"));
        case CADDY ->
          run(
              """
              {
              	admin off
              	auto_https off
              	storage file_system %s
              }
              """.formatted(home)
                  + file("Caddyfile", "events.example.com {", "http://localhost:" + port + " {"),
              "caddy",
              "run",
              "--adapter",
              "caddyfile",
              "--config");
        case APACHE ->
          run(
              apacheModules() + file("apache.conf", "*:443", "127.0.0.1:" + port),
              "apache2",
              "-DFOREGROUND",
              "-f");
        case HAPROXY ->
          run(
              file("haproxy.cfg", ":443", "127.0.0.1:" + port)
                  .replace("maxconn 50000", "maxconn 1000")
                  .replace(
                      "mode http",
                      "mode http\n    compression algo gzip\n    compression type text/event-stream"),
              "haproxy",
              "-db",
              "-f");
        case VARNISH ->
          run(
              file("varnish.vcl", "\"7999\"", "\"7999\""),
              "varnishd",
              "-F",
              "-j",
              "none",
              "-n",
              home.resolve("work").toString(),
              "-s",
              "malloc,16m",
              "-a",
              "127.0.0.1:" + port,
              "-f");
        case LIGHTTPD ->
          run(
              """
              server.port = %d
              server.bind = "127.0.0.1"
              server.document-root = "%s"
              server.modules += ( "mod_deflate" )
              deflate.mimetypes = ( "text/" )
              deflate.allowed-encodings = ( "gzip" )
              """.formatted(port, home)
                  + file("lighttpd.conf", "\":443\"", "\"127.0.0.1:" + port + "\""),
              "lighttpd",
              "-D",
              "-f");
      };
    }

    /** The requests of pages that docs/authorization.md allows. */
    private static String forPages() throws IOException {
      String guide = Files.readString(DEPLOY.resolveSibling("authorization.md"));
      String block = guide.split("```nginx\n", 2)[1].split("```", 2)[0];
      assertThat(block).contains("http://127.0.0.1:8080;");
      return Matcher.quoteReplacement(
          block.replace("http://127.0.0.1:8080;", "http://127.0.0.1:" + SERVER + ";"));
    }

    private String apacheModules() {
      StringBuilder head = new StringBuilder("""
          ServerRoot %1$s
          DefaultRuntimeDir %1$s
          PidFile %1$s/pid
          ErrorLog %1$s/error.log
          DocumentRoot %1$s
          User www-data
          Group www-data
          Listen 127.0.0.1:%2$d
          """.formatted(home, port));
      for (String module : List.of(
          "mpm_event", "authz_core", "ssl", "http2", "proxy", "proxy_http", "filter", "deflate")) {
        head.append(
            "LoadModule %1$s_module /usr/lib/apache2/modules/mod_%1$s.so%n".formatted(module));
      }
      return head.append("SetOutputFilter DEFLATE\n").toString();
    }

    private String file(String name, String listens, String here) throws IOException {
      String text = Files.readString(DEPLOY.resolve(name));
      assertThat(text).contains(listens);
      String authority = text.contains("127.0.0.1:7999") ? "127.0.0.1:7999" : "7999";
      return text.replace(listens, here)
          .replace(
              authority,
              authority.equals("7999") ? pushpin.substring(pushpin.indexOf(':') + 1) : pushpin)
          .replace("events.example.com;", "localhost;")
          .replace("ServerName events.example.com", "ServerName localhost")
          .replace(
              name.equals("haproxy.cfg") ? "/etc/ssl/events.example.com.pem" : "\0",
              both.toString())
          .replace("/etc/ssl/events.example.com.pem", certificate.certificate().toString())
          .replace("/etc/ssl/events.example.com.key", certificate.key().toString())
          .replace("90s", "3s")
          .replace("timeout=90", "timeout=3");
    }

    private Command run(String text, String... line) throws IOException {
      List<String> command = new ArrayList<>(List.of(line));
      command.add(Files.writeString(home.resolve("config"), text).toString());
      return Command.start(home, Map.of("HOME", home.toString()), command);
    }
  }
}
