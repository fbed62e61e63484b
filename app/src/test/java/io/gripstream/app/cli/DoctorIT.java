package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Certificate;
import io.gripstream.app.Nginx;
import io.gripstream.app.ServerEnvironment;
import io.gripstream.app.server.TestServer;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.gripstream.testtools.PgBouncer;
import io.gripstream.testtools.PostgresServer;
import io.gripstream.testtools.Tmpfs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Breaks one thing after the other, and reads what the doctor says. */
class DoctorIT {
  private static final Map<String, String> FOUND = new TreeMap<>();

  private static final String API_KEY = "3f9a8b7c6d5e4f3a2b1c";

  @TempDir
  Path directory;

  private String situation = "";

  private final int port = Ports.free(1).get(0);
  private @Nullable Pushpin pushpin;
  private @Nullable TestServer server;
  private @Nullable Nginx nginx;

  @BeforeEach
  void situation(TestInfo test) {
    situation = test.getTestMethod().orElseThrow().getName().replace('_', ' ');
  }

  @AfterEach
  void stop() {
    if (nginx != null) {
      nginx.close();
    }
    if (server != null) {
      server.close();
    }
    if (pushpin != null) {
      pushpin.close();
    }
  }

  @Test
  void a_healthy_deployment_is_reported_with_the_time_of_an_event() {
    Pushpin proxy = pushpin = Pushpin.builder()
        .route("* 127.0.0.1:" + port)
        .handlerSetting("message_wait", "10000")
        .start();
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    CommandLineRun run = doctor(environment, proxy.uri().toString());

    assertThat(run.out()).doesNotContain("FAIL");
    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .contains("ok    configuration: read and allowed", "ok    storage: can be written")
        .contains("ok    Grip-Sig: accepted, the proxy holds the stream")
        .contains("ok    buffering: none, and no compression")
        .contains("ok    follow-ups: arrive: a stream goes on after one")
        .contains(
            "ok    proxy settings: the server learns the addresses of clients",
            "ok    proxy settings: a stream can have all 10 channels",
            "ok    proxy settings: many events at once arrive without delay",
            "ok    proxy settings: an item waits for the one before it")
        .anyMatch(line ->
            line.matches("ok    proxy settings: ids are remembered, for \\d+\\.\\d s at least"))
        .contains(
            proxy.version() == PushpinVersion.V1_36
                ? "ok    proxy version: older than Pushpin 1.41, and fills in a stream's position after the event"
                : "ok    proxy version: Pushpin 1.41 or compatible, and fills in a stream's position before the event")
        .anyMatch(line -> line.matches("ok    proxy: .* is a Pushpin and accepts events"))
        .anyMatch(line ->
            line.matches("ok    event: published here and received through .* after \\d+ ms"));
  }

  @ParameterizedTest
  @EnumSource
  void settings_of_a_proxy_that_are_not_as_we_need_them(PushpinVersion version) {
    Pushpin proxy = pushpin = Pushpin.builder()
        .version(version)
        .route("* 127.0.0.1:" + port)
        .proxySetting("x_forwarded_for", "")
        .handlerSetting("message_wait", "3000")
        .handlerSetting("message_rate", "2500")
        .handlerSetting("message_hwm", "25000")
        .handlerSetting("id_cache_ttl", "0")
        .handlerSetting("connection_subscription_max", "8")
        .handlerSetting("update_on_first_subscription", "true")
        .start();
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    CommandLineRun run = doctor(environment, proxy.uri().toString());

    assertFinding(
        run, "FAIL  proxy settings: .* forgets the ids of items at once.* -> id_cache_ttl=60 .*");
    assertFinding(
        run, "FAIL  proxy settings: an item waits only [34].* s .* -> message_wait=10000 .*");
    assertFinding(
        run,
        "FAIL  proxy settings: a stream of 10 channels .* does not get .* ->"
            + " connection_subscription_max=20 .*");
    assertFinding(
        run,
        "note  proxy settings: 2000 deliveries at once take .* -> message_rate=0 and message_hwm=0 .*");
    assertFinding(
        run,
        "note  proxy settings: a made-up X-Forwarded-For .* ->"
            + " x_forwarded_for=truncate:0,append .*");
    assertThat(run.out().contains("update_on_first_subscription=false"))
        .isEqualTo(version != PushpinVersion.V1_36);
  }

  /** A start with other keys makes the proxy ask for all streams, also for those of the doctor. */
  @ParameterizedTest
  @EnumSource
  void settings_are_not_blamed_for_requests_after_changed_keys(PushpinVersion version) {
    List<Integer> ports = Ports.free(2);
    Pushpin.Builder settings = Pushpin.builder()
        .version(version)
        .ports(ports.get(0), ports.get(1))
        .route("* 127.0.0.1:" + port)
        .handlerSetting("message_wait", "10000");
    Pushpin first = pushpin = settings.start();
    Map<String, String> environment = behind(first);
    serve(environment, Clock.systemUTC());
    CommandLineRun.of(environment, "publish", "a", "b");
    server().close();
    first.close();

    environment.put("GRIPSTREAM_API_KEYS", "another-3f9a8b7c6d5e4f3a2b1c");
    serve(environment, Clock.systemUTC());
    Pushpin proxy = pushpin = settings.start();

    assertThat(doctor(environment, proxy.uri().toString()).out())
        .doesNotContain("FAIL")
        .contains("note  proxy settings: some cannot be checked now: ");
  }

  @Test
  void a_pooler_in_front_of_the_database_is_noted() {
    try (PgBouncer pooler = PgBouncer.before(PostgresServer.shared())) {
      Map<String, String> environment = environment();
      environment.put("DATABASE_URL", pooler.through(PostgresServer.shared().newDatabase()));
      serve(environment, Clock.systemUTC());

      assertThat(doctor(environment).out().lines())
          .contains("ok    storage: can be written")
          .anyMatch(line -> line.matches("note  storage: a pooler is in front of PostgreSQL: .*"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_route_that_removes_a_part_of_the_path(PushpinVersion version) {
    Pushpin proxy = pushpin = Pushpin.builder()
        .version(version)
        .route("*,path_beg=/base/,path_rem=5 127.0.0.1:" + port)
        .handlerSetting("message_wait", "10000")
        .start();
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, proxy.uri() + "/base"),
        "FAIL  follow-ups: the route changes the path: /base/events arrives as /events, .* silent .* ->"
            + " .*public_url .*/base.*");

    server().close();
    environment.put("GRIPSTREAM_PUBLIC_URL", proxy.uri() + "/base");
    serve(environment, Clock.systemUTC());
    CommandLineRun run = doctor(environment);
    assertThat(run.out())
        .contains("ok    follow-ups: arrive, although the route changes the path")
        .doesNotContain("FAIL");
  }

  /** The proxy asks for a stream before the first item for it arrives. */
  @ParameterizedTest
  @EnumSource
  void a_route_that_removes_a_part_of_the_path_on_a_busy_machine(PushpinVersion version)
      throws IOException {
    Pushpin proxy = pushpin = Pushpin.builder()
        .version(version)
        .route("*,path_beg=/base/,path_rem=5 127.0.0.1:" + port)
        .handlerSetting("message_wait", "10000")
        .handlerSetting("update_on_first_subscription", "true")
        .start();
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    try (SlowControl slow = SlowControl.of(URI.create(proxy.gripUrl()), Duration.ofSeconds(2))) {
      environment.put("GRIP_URL", slow.gripUrl());
      assertThat(doctor(environment, proxy.uri() + "/base").out())
          .contains("FAIL  follow-ups: the route changes the path: /base/events arrives as /events")
          .doesNotContain("prefix=");
    }
  }

  private TestServer server() {
    return java.util.Objects.requireNonNull(server);
  }

  @Test
  void a_control_port_without_a_listener() {
    Map<String, String> environment = environment();
    environment.put("GRIP_URL", "http://127.0.0.1:" + Ports.free(1).get(0));
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment), "FAIL  proxy: .* cannot be reached: .* -> is Pushpin running, .*");
  }

  @Test
  void a_control_port_of_another_program() {
    Map<String, String> environment = environment();
    environment.put("GRIP_URL", "http://127.0.0.1:" + port);
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment),
        "FAIL  proxy: .* is not Pushpin's control port: it answers 200 .* -> GRIP_URL must lead to .*");
  }

  @Test
  void a_proxy_that_does_not_run() {
    Map<String, String> environment = environment();
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, "http://127.0.0.1:" + Ports.free(1).get(0)),
        "FAIL  stream: nothing answers at .* -> is the proxy running, .*");
  }

  @Test
  void a_proxy_that_does_not_reach_the_server() {
    Pushpin proxy = pushpin = Pushpin.forOrigin(Ports.free(1).get(0));
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, proxy.uri().toString()),
        "FAIL  stream: .* answers 502.* -> the proxy is there but does not reach the server: .*");
  }

  @Test
  void a_route_that_leads_elsewhere() {
    Pushpin proxy = pushpin = Pushpin.builder().route("* test").start();
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, proxy.uri().toString()),
        "FAIL  stream: .* answers 404 .* -> that is not the server: the route for /events leads"
            + " elsewhere, .*");
  }

  @Test
  void requests_that_arrive_unsigned() {
    Pushpin proxy = pushpin = Pushpin.builder()
        .route("* 127.0.0.1:" + port)
        .proxySetting("sig_iss", "")
        .start();
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, proxy.uri().toString()),
        "FAIL  Grip-Sig: requests come through Pushpin without one, .* -> set sig_key .*");
  }

  @Test
  void requests_signed_with_another_key() {
    Pushpin proxy = pushpin = Pushpin.forOrigin(port);
    Map<String, String> environment = environment();
    environment.put("GRIP_URL", proxy.controlUri() + "?verify-iss=pushpin");
    environment.put("GRIP_VERIFY_KEY", "not the key of this pushpin");
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, proxy.uri().toString()),
        "FAIL  Grip-Sig: the server refuses it: not a valid HS256 token -> GRIP_VERIFY_KEY .*");
  }

  @Test
  void requests_signed_by_another_issuer() {
    Pushpin proxy = pushpin = Pushpin.forOrigin(port);
    Map<String, String> environment = environment();
    environment.put("GRIP_URL", proxy.controlUri() + "?verify-iss=fanout");
    environment.put("GRIP_VERIFY_KEY", Pushpin.KEY);
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, proxy.uri().toString()),
        "FAIL  Grip-Sig: the server refuses it: issuer .* -> verify-iss in GRIP_URL must be .*");
  }

  @Test
  void clocks_that_differ() {
    Pushpin proxy = pushpin = Pushpin.forOrigin(port);
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.offset(Clock.systemUTC(), Duration.ofHours(2)));

    assertFinding(
        doctor(environment, proxy.uri().toString()),
        "FAIL  Grip-Sig: the server refuses it: expired at .* -> the clocks of proxy and server .*");
  }

  @Test
  void an_address_that_bypasses_the_proxy() {
    Pushpin proxy = pushpin = Pushpin.forOrigin(port);
    Map<String, String> environment = behind(proxy);
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, "http://127.0.0.1:" + port),
        "FAIL  Grip-Sig: requests do not come through a GRIP proxy, .*");
  }

  @Test
  void an_nginx_that_buffers() {
    Map<String, String> environment = environment();
    serve(environment, Clock.systemUTC());
    Nginx between = nginx = Nginx.start(directory, "", """
        location / {
          proxy_pass http://127.0.0.1:%d;
          proxy_buffering on;
          proxy_ignore_headers X-Accel-Buffering;
        }
        """.formatted(port));

    assertFinding(
        doctor(environment, between.uri().toString()),
        "FAIL  buffering: .* something in between holds events back -> switch buffering off there"
            + " \\(nginx: proxy_buffering off; [^|]*\\)");
  }

  @Test
  void an_nginx_that_compresses() {
    Map<String, String> environment = environment();
    serve(environment, Clock.systemUTC());
    Nginx between = nginx = Nginx.start(
        directory, "gzip on; gzip_types text/event-stream; gzip_min_length 0;", """
        location / {
          proxy_pass http://127.0.0.1:%d;
          proxy_http_version 1.1;
        }
        """.formatted(
                port));

    assertFinding(
        doctor(environment, between.uri().toString()),
        "FAIL  buffering: the stream arrives compressed \\(gzip\\), .* -> switch compression off .*");
  }

  @Test
  void a_certificate_that_java_does_not_trust() {
    Certificate certificate = Certificate.create(directory);
    int tls = Ports.free(1).get(0);
    Map<String, String> environment = environment();
    environment.put("GRIP_URL", "https://localhost:" + tls);
    serve(environment, Clock.systemUTC());
    nginx = Nginx.start(
        directory, "", """
        listen 127.0.0.1:%d ssl;
        ssl_certificate %s;
        ssl_certificate_key %s;
        location / { proxy_pass http://127.0.0.1:%d; }
        """.formatted(tls, certificate.certificate(), certificate.key(), port));

    CommandLineRun run = doctor(environment, "https://localhost:" + tls);
    assertThat(run.out())
        .containsPattern("FAIL {2}proxy: .* answers, and Java does not trust its certificate -> ");
    assertFinding(
        run, "FAIL  stream: .* answers, and Java does not trust its certificate -> .* keytool .*");
  }

  @Test
  void a_storage_that_may_only_be_read() {
    try (Tmpfs disk = Tmpfs.mount(directory.resolve("disk"), "size=2m")) {
      Map<String, String> environment = environment();
      environment.put("DATABASE_URL", "jdbc:sqlite:" + disk.folder().resolve("events.db"));
      CommandLineRun.of(environment, "migrate");
      disk.remount("ro");

      assertFinding(doctor(environment), "FAIL  storage: .*mounted read-only .* -> .*");
    }
  }

  @Test
  void a_storage_that_cannot_be_written() {
    Map<String, String> environment = environment();
    environment.put("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("no/folder/events.db"));

    assertFinding(
        doctor(environment), "FAIL  storage: .*no/folder.* -> database_url must lead to .*");
  }

  @Test
  void names_at_the_proxy_that_nothing_tells_apart() {
    Map<String, String> environment = environment();
    environment.put("DATABASE_URL", "none");
    environment.put("GRIP_URL", "http://127.0.0.1:" + Ports.free(1).get(0));
    String note = "note  proxy: without a storage, another application without a storage .*";
    assertThat(doctor(environment).out().lines()).anyMatch(line -> line.matches(note));

    environment.put("GRIP_PREFIX", "shop-");
    assertThat(doctor(environment).out().lines()).noneMatch(line -> line.matches(note));
  }

  @Test
  void an_origin_that_is_not_allowed() {
    Map<String, String> environment = environment();
    environment.put("GRIPSTREAM_CORS_ALLOW_ORIGINS", "https://app.example");
    serve(environment, Clock.systemUTC());

    assertFinding(
        doctor(environment, "--origin", "https://other.example"),
        "FAIL  CORS: pages of https://other.example may not read streams -> add it to .*");
    assertThat(doctor(environment, "--origin", "https://app.example").out())
        .contains("ok    CORS: pages of https://app.example may read");
  }

  @Test
  void a_token_that_is_missing() {
    Map<String, String> environment = environment();
    environment.remove("GRIPSTREAM_API_KEYS");
    environment.put("GRIPSTREAM_TOKEN_SECRET", "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f");
    serve(environment, Clock.systemUTC());

    assertFinding(doctor(environment), "FAIL  stream: .* answers 401 .* -> a token is needed: .*");
  }

  @Test
  void another_storage_than_the_servers() {
    Map<String, String> environment = environment();
    serve(environment, Clock.systemUTC());
    environment.put("DATABASE_URL", "jdbc:sqlite:" + directory.resolve("other.db"));

    assertFinding(
        doctor(environment),
        "FAIL  event: published and stored here, and not received .* -> do server and this .*");
  }

  @Test
  void a_configuration_that_is_wrong() throws IOException {
    Path file = Files.writeString(directory.resolve("gripstream.yaml"), "prt: 80\n");

    assertFinding(
        CommandLineRun.of(Map.of(), "doctor", "--config", file.toString()),
        "FAIL  configuration: .*: unknown key prt; did you mean port\\?");
  }

  private void assertFinding(CommandLineRun run, String line) {
    String found = run.out()
        .lines()
        .filter(one -> one.matches(line))
        .findFirst()
        .orElseThrow(() -> new AssertionError(line + " in\n" + run.out()));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("gripstream: ").hasLineCount(1);
    found = found
        .replace(directory.toString(), "/srv")
        .replaceAll("(127\\.0\\.0\\.1|localhost):[0-9]+", "$1:7999")
        .replaceAll("[0-9-]{10}T[0-9:.]+Z", "…")
        .replaceAll("[0-9.]+ ms", "… ms")
        .replace("|", "\\|");
    FOUND.put(situation, found.replaceFirst("^FAIL +", ""));
  }

  /** Each finding of doctor is on the page about troubleshooting, word for word. */
  @AfterAll
  static void compareWithThePage() throws IOException {
    List<String> rows = FOUND.entrySet().stream()
        .map(entry -> "| " + entry.getKey() + " | " + entry.getValue() + " |")
        .toList();
    Files.write(Path.of("target/troubleshooting-doctor.md"), rows);
    assertThat(Files.readAllLines(Path.of("../docs/troubleshooting.md"))).containsAll(rows);
  }

  private static CommandLineRun doctor(Map<String, String> environment, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "doctor";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return CommandLineRun.of(environment, all);
  }

  private void serve(Map<String, String> environment, Clock clock) {
    server = TestServer.start(environment, clock);
  }

  private Map<String, String> behind(Pushpin proxy) {
    Map<String, String> environment = environment();
    environment.put("GRIP_URL", proxy.gripUrl());
    return environment;
  }

  private Map<String, String> environment() {
    return ServerEnvironment.of(directory, port, API_KEY);
  }
}
