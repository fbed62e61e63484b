package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import java.io.BufferedWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of many events, published behind a real Pushpin while a client reads. 10,000 of them; as
 * many as {@code -Dgripstream.test.file-events} says, if it says.
 */
class FilePublishIT {
  private static final int EVENTS = Integer.getInteger("gripstream.test.file-events", 10_000);

  @TempDir
  Path directory;

  // Without TLS, Java's client would else offer an upgrade to HTTP/2: see docs/behind-a-proxy.md.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void no_event_is_lost_and_none_comes_twice() throws Exception {
    int port = Ports.free(1).get(0);
    try (Pushpin pushpin = Pushpin.builder()
        .configurationIn(Path.of("../pushpin"))
        .route("* 127.0.0.1:" + port)
        .start()) {
      Map<String, String> settings = Map.of(
          "PORT", Integer.toString(port),
          "DATABASE_URL", "jdbc:sqlite:" + directory.resolve("events.db"),
          "GRIP_URL", pushpin.gripUrl());
      try (Command server = Command.gripstream(directory, settings, "serve").await("ready:")) {
        pushpin.awaitStream("/events/ready");
        URI uri = pushpin.uri().resolve("/events/readings");
        try (ReturningClient client = ReturningClient.start(http, uri)) {
          Eventually.eventually(
              () -> assertThat(client.isOpen()).as("%s", client.trouble()).isTrue());

          Command publish = Command.gripstream(directory, settings, "publish", "--file", file());
          publish.expectExit(0);

          assertThat(publish.out()).isEqualTo("published " + EVENTS + " events\n");
          List<String> all =
              IntStream.range(0, EVENTS).mapToObj(i -> "reading " + i).toList();
          Eventually.within(
              Duration.ofSeconds(60),
              () -> assertThat(client.data().size())
                  .as("after %s", client.trouble())
                  .isGreaterThanOrEqualTo(EVENTS));
          assertThat(client.data()).isEqualTo(all);
          assertThat(server.isAlive()).isTrue();
        }
      }
    }
  }

  private String file() throws Exception {
    Path file = directory.resolve("readings.ndjson");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < EVENTS; i++) {
        out.write("{\"channel\":\"readings\",\"data\":\"reading " + i + "\"}\n");
      }
    }
    return file.toString();
  }
}
