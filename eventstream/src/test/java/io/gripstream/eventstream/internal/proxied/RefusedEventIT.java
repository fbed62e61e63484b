package io.gripstream.eventstream.internal.proxied;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events that a proxy refuses each time: proxies have limits of their own. */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class RefusedEventIT {
  @TempDir
  Path directory;

  @Parameter
  PushpinVersion version;

  private final int port = Ports.free(1).get(0);
  private Pushpin pushpin;
  private RefusingControl control;
  private EventStream events;
  private Javalin server;

  @BeforeEach
  void start() throws IOException {
    pushpin = Pushpin.builder().version(version).route("* 127.0.0.1:" + port).start();
    control = new RefusingControl(pushpin.controlUri(), "unfit");
    events = EventStream.create(config -> config
        .store(EventStores.sqlite(directory.resolve("events.db")))
        .proxy(control.uri() + "?verify-iss=pushpin&verify-key=" + Pushpin.KEY));
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.pathParam("/events/{channel}")));
        })
        .start("127.0.0.1", port);
    pushpin.awaitStream("/events/ready");
  }

  @AfterEach
  void stop() {
    server.stop();
    control.close();
    pushpin.close();
  }

  @Test
  void clients_of_the_channel_read_it_from_storage_once_and_in_order() {
    try (StreamClient client = StreamClient.open(pushpin.uri().resolve("/events/a"))) {
      client.expectOpen();
      events.send("a", "message", "before");
      client.expectEvent("before");
      // Past the recovery that a new proxy owes.
      eventually(() -> assertThat(control.requests).contains("/recover/"));
      client.expectNothing(Duration.ofSeconds(1));
      control.requests.clear();

      events.send("a", "message", "unfit");
      client.expectEvent("unfit");
      for (String data : List.of("after", "unfit, too", "last")) {
        events.send("a", "message", data);
      }
      client.expectEvents(List.of("after", "unfit, too", "last"));

      client.expectNothing(Duration.ofSeconds(15));
      assertThat(control.requests)
          .as("other clients are not disturbed")
          .noneMatch("/recover/"::equals);
      assertThat(control.requests.stream().filter("refused"::equals).count())
          .as("not tried again and again")
          .isLessThan(15);
      events.send("a", "message", "live");
      client.expectEvent("live");
    }
  }

  /** The control port of a Pushpin behind a gate that refuses requests with this text. */
  private static final class RefusingControl implements AutoCloseable {
    final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI control;
    private final String refused;
    private final HttpServer server;

    RefusingControl(URI control, String refused) throws IOException {
      this.control = control;
      this.refused = refused;
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newCachedThreadPool());
      server.createContext("/", this::answer);
      server.start();
    }

    URI uri() {
      return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean isRefused = new String(body, StandardCharsets.UTF_8).contains(refused);
      requests.add(isRefused ? "refused" : exchange.getRequestURI().getPath());
      if (isRefused) {
        answer(exchange, 400, "Request body too large.\n".getBytes(StandardCharsets.UTF_8));
        return;
      }
      HttpRequest request = HttpRequest.newBuilder(control.resolve(exchange.getRequestURI()))
          .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
          .build();
      try {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        answer(exchange, response.statusCode(), response.body());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
      try (exchange) {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
