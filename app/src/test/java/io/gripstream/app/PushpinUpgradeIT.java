package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.gripstream.testtools.PostgresServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances behind two Pushpins 1.36, which are replaced by 1.41, one after the other, while
 * events are published: clients come back to whatever is there, with ids of either version.
 */
class PushpinUpgradeIT {
  private static final String KEY = "9f8e7d6c5b4a39281706";
  private static final int EVENTS_BETWEEN = 60;

  @TempDir
  Path directory;

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Integer> apps = Ports.free(2);
  private final List<String> published = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    while (!started.isEmpty()) {
      started.pop().close();
    }
  }

  @Test
  void every_client_is_complete_while_pushpins_are_upgraded_one_after_the_other() throws Exception {
    List<Integer> ports = Ports.free(4);
    List<Pushpin> pushpins = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      pushpins.add(pushpin(PushpinVersion.V1_36, i, ports));
    }
    Map<String, String> settings = Map.of(
        "DATABASE_URL",
        PostgresServer.shared().newDatabase(),
        "GRIP_URL",
        pushpins.get(0).gripUrl() + " " + pushpins.get(1).gripUrl(),
        "GRIPSTREAM_API_KEYS",
        KEY);
    for (int port : apps) {
      started(Command.gripstream(directory, settings, "serve", "--port", Integer.toString(port)))
          .await("ready:");
    }
    List<ReturningClient> clients = new ArrayList<>();
    for (Pushpin pushpin : pushpins) {
      pushpin.awaitStream("/events/ready");
      for (String path : List.of("/events/news", "/events?channel=news&channel=other")) {
        URI uri = pushpin.uri().resolve(path);
        clients.add(started(ReturningClient.start(http, uri)));
        clients.add(started(ReturningClient.start(http, uri)));
      }
    }
    Eventually.eventually(() -> assertThat(clients).allMatch(ReturningClient::isOpen));

    publish();
    for (int i = 0; i < 2; i++) {
      pushpins.get(i).close();
      publish();
      pushpin(PushpinVersion.V1_41, i, ports);
      publish();
    }

    Eventually.within(Duration.ofSeconds(60), () -> {
      for (ReturningClient client : clients) {
        assertThat(client.data()).as("after %s", client.trouble()).isEqualTo(published);
      }
    });
    assertThat(clients).as("all were cut").noneMatch(client -> client.trouble().isEmpty());
  }

  private Pushpin pushpin(PushpinVersion version, int number, List<Integer> ports) {
    return started(Pushpin.builder()
        .version(version)
        .route("* 127.0.0.1:" + apps.get(number) + " 127.0.0.1:" + apps.get(1 - number))
        .ports(ports.get(2 * number), ports.get(2 * number + 1))
        .start());
  }

  private void publish() throws Exception {
    for (int i = 0; i < EVENTS_BETWEEN; i++) {
      String data = "event " + published.size();
      HttpRequest request = HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + apps.get(i % 2) + "/api/publish"))
          .header("Content-Type", "application/json")
          .header("X-API-Key", KEY)
          .timeout(Duration.ofSeconds(10))
          .POST(BodyPublishers.ofString("{\"channel\":\"news\",\"data\":\"" + data + "\"}"))
          .build();
      assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      published.add(data);
    }
  }

  private <T extends AutoCloseable> T started(T program) {
    started.push(program);
    return program;
  }
}
