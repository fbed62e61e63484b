package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.gripstream.testtools.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The deployment of docs/deploy.md for several machines, on one machine: two instances on
 * PostgreSQL, each with a Pushpin beside it, behind docs/deploy/nginx.conf with TLS. And
 * docs/deploy/nginx-behind-pushpin.conf, with one instance.
 */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class DeploymentIT {
  private static final Path DEPLOY = Path.of("../docs/deploy");
  private static final String KEY = "9f8e7d6c5b4a39281706";
  private static final int EVENTS = 120;

  @TempDir
  Path directory;

  @Parameter
  PushpinVersion version;

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final HttpClient plain = HttpClient.newHttpClient();

  @AfterEach
  void stop() throws Exception {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }

  @Test
  void every_client_is_complete_although_an_instance_and_a_proxy_are_killed_meanwhile()
      throws Exception {
    List<Integer> ports = Ports.free(2);
    List<Pushpin> proxies =
        List.of(proxy(ports.get(0), ports.get(1)), proxy(ports.get(1), ports.get(0)));
    Map<String, String> settings = Map.of(
        "DATABASE_URL",
        PostgresServer.shared().newDatabase(),
        "GRIP_URL",
        proxies.get(0).gripUrl() + " " + proxies.get(1).gripUrl(),
        "GRIPSTREAM_API_KEYS",
        KEY);
    Command first = serve(settings, ports.get(0));
    Command second = serve(settings, ports.get(1));
    first.await("ready:");
    second.await("ready:");
    proxies.forEach(proxy -> proxy.awaitStream("/events/ready"));
    Certificate certificate = Certificate.create(directory);
    int tls = nginx(certificate, proxies);
    HttpClient clients =
        HttpClient.newBuilder().sslContext(certificate.trusting()).build();
    URI events = URI.create("https://localhost:" + tls + "/events/news");
    List<ReturningClient> all = IntStream.range(0, 6)
        .mapToObj(i -> started(ReturningClient.start(clients, events)))
        .toList();
    Eventually.eventually(() -> assertThat(all).allMatch(ReturningClient::isOpen));

    List<String> published = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      if (i == EVENTS / 3) {
        first.kill();
      }
      if (i == EVENTS * 2 / 3) {
        proxies.get(1).kill();
      }
      publish("event " + i, ports.get(i % 2), ports.get((i + 1) % 2));
      published.add("event " + i);
    }

    Eventually.within(Duration.ofSeconds(60), () -> {
      for (ReturningClient client : all) {
        assertThat(client.data()).as("after %s", client.trouble()).isEqualTo(published);
      }
    });
    assertThat(all)
        .as("clients of the killed proxy")
        .anyMatch(client -> !client.trouble().isEmpty());
  }

  /** nginx takes a failed upstream for good when a request to it has ended; a stream never ends. */
  @Test
  void all_clients_come_back_at_once_when_no_pushpin_had_an_instance_for_a_moment()
      throws Exception {
    int port = Ports.free(1).get(0);
    List<Pushpin> proxies = List.of(proxy(port, port), proxy(port, port));
    Certificate certificate = Certificate.create(directory);
    int tls = nginx(certificate, proxies);
    HttpClient clients =
        HttpClient.newBuilder().sslContext(certificate.trusting()).build();
    assertThat(status(clients, URI.create("https://localhost:" + tls + "/events/news")))
        .isEqualTo(502);
    serve(
            Map.of(
                "DATABASE_URL",
                "jdbc:sqlite:" + directory.resolve("events.db"),
                "GRIP_URL",
                proxies.get(0).gripUrl() + " " + proxies.get(1).gripUrl(),
                "GRIPSTREAM_API_KEYS",
                KEY),
            port)
        .await("ready:");
    proxies.forEach(proxy -> proxy.awaitStream("/events/ready"));

    URI events = URI.create("https://localhost:" + tls + "/events/news");
    List<ReturningClient> all = IntStream.range(0, 6)
        .mapToObj(i -> started(ReturningClient.start(clients, events)))
        .toList();

    Eventually.within(
        Duration.ofSeconds(9), () -> assertThat(all).allMatch(ReturningClient::isOpen));
  }

  @Test
  void nginx_behind_a_pushpin_answers_while_the_instance_is_away_and_streams_go_on()
      throws Exception {
    List<Integer> ports = Ports.free(2);
    int port = ports.get(0);
    int between = ports.get(1);
    String http = Files.readString(DEPLOY.resolve("nginx-behind-pushpin.conf"))
        .replace("server 127.0.0.1:8080 ", "server 127.0.0.1:" + port + " ")
        .replace("listen 127.0.0.1:8079;", "listen 127.0.0.1:" + between + ";");
    started(Nginx.start(directory, between, http));
    Pushpin proxy = proxy(between, between);
    Map<String, String> settings = Map.of(
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"),
        "GRIP_URL",
        proxy.gripUrl(),
        "GRIPSTREAM_API_KEYS",
        KEY);
    Command first = serve(settings, port);
    first.await("ready:");
    proxy.awaitStream("/events/ready");
    String channels = IntStream.range(0, 9)
        .mapToObj(i -> "&channel=channel-%d-%s".formatted(i, "n".repeat(100)))
        .collect(Collectors.joining());
    ReturningClient client = started(
        ReturningClient.start(plain, proxy.uri().resolve("/events?channel=news" + channels)));
    Eventually.eventually(() -> assertThat(client.isOpen()).isTrue());
    publish("before", port, port);

    first.kill();
    assertThat(status(plain, proxy.uri().resolve("/events/other"))).isEqualTo(502);
    serve(settings, port).await("ready:");
    publish("after", port, port);

    Eventually.eventually(() -> assertThat(client.data()).containsExactly("before", "after"));
    assertThat(client.trouble()).isEmpty();
  }

  private static int status(HttpClient client, URI uri) throws Exception {
    return client
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
        .statusCode();
  }

  /** As a publisher does that must not lose anything: what is not confirmed is sent again. */
  private void publish(String data, int port, int spare) throws Exception {
    String body =
        "{\"channel\":\"news\",\"data\":\"%1$s\",\"idempotency_key\":\"%1$s\"}".formatted(data);
    Deque<Integer> ports = new ArrayDeque<>(List.of(port, spare, port, spare));
    while (!ports.isEmpty()) {
      URI uri = URI.create("http://127.0.0.1:" + ports.pop() + "/api/publish");
      HttpRequest request = HttpRequest.newBuilder(uri)
          .header("Content-Type", "application/json")
          .header("X-API-Key", KEY)
          .timeout(Duration.ofSeconds(10))
          .POST(BodyPublishers.ofString(body))
          .build();
      try {
        HttpResponse<String> answer = plain.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return;
      } catch (IOException killed) {
        assertThat(ports).as("an instance that takes %s: %s", data, killed).isNotEmpty();
      }
    }
  }

  private Pushpin proxy(int port, int spare) throws IOException {
    Pushpin.Builder builder =
        Pushpin.builder().version(version).configurationIn(Path.of("../pushpin"));
    Files.readAllLines(Path.of("../pushpin/routes.several")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replace("127.0.0.1:8080", "127.0.0.1:" + port)
            .replace("127.0.0.1:8081", "127.0.0.1:" + spare))
        .forEach(builder::route);
    return started(builder.start());
  }

  private Command serve(Map<String, String> settings, int port) {
    return started(
        Command.gripstream(directory, settings, "serve", "--port", Integer.toString(port)));
  }

  /** @return the port where it listens for TLS */
  private int nginx(Certificate certificate, List<Pushpin> proxies) throws IOException {
    int port = Ports.free(1).get(0);
    StringBuilder upstream = new StringBuilder();
    proxies.forEach(
        proxy -> upstream.append("server ").append(proxy.uri().getAuthority()).append("$1;\n"));
    String http = Files.readString(DEPLOY.resolve("nginx.conf"))
        .replaceFirst("server 127\\.0\\.0\\.1:7999([^;]*);", upstream.toString())
        .replace("listen 443 ", "listen 127.0.0.1:" + port + " ")
        .replace("events.example.com;", "localhost;")
        .replace("/etc/ssl/events.example.com.pem", certificate.certificate().toString())
        .replace("/etc/ssl/events.example.com.key", certificate.key().toString());
    started(Nginx.start(directory, port, http));
    return port;
  }

  private <T extends AutoCloseable> T started(T what) {
    started.push(what);
    return what;
  }
}
