package io.gripstream.app.api;

import static io.gripstream.app.api.Credentials.NARROW;
import static io.gripstream.app.api.Credentials.ROOT;
import static io.gripstream.app.api.Credentials.SECRET;

import io.gripstream.app.server.TestServer;
import io.gripstream.app.server.TestServer.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two servers of one storage, which know a secret, API keys and a route. */
abstract class TwoServers {
  static final String NEXT = "2b1c3f9a8b7c6d5e4f3a";
  static final String EVENT = "{\"channel\":\"room-1\",\"data\":1}";

  @TempDir
  Path directory;

  Map<String, String> environment = Map.of();
  TestServer server;
  TestServer other;

  @BeforeEach
  void start() throws java.io.IOException {
    Path config = Files.writeString(
        directory.resolve("gripstream.yaml"), """
        token_secret: %s
        api_keys:
          - %s
          - %s
          - key: %s
            publish: [room-*]
        routes:
          - path: /objects/{id}/events
            channels: ["object-{id}"]
            rewind: 1
        """.formatted(SECRET, ROOT, NEXT, NARROW));
    environment = Map.of(
        "GRIPSTREAM_CONFIG",
        config.toString(),
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("events.db"));
    server = TestServer.start(environment);
    other = TestServer.start(environment);
  }

  @AfterEach
  void stop() {
    server.close();
    other.close();
  }

  /** Publishes 1, 2, 3 … to room-1; ann does not get one of them. */
  void publishUpTo(int last, int skipped) {
    for (int i = 1; i <= last; i++) {
      String skip = i == skipped ? ",\"skip_user_ids\":[\"ann\"]" : "";
      server.post(
          "/api/publish",
          "{\"channel\":\"room-1\",\"data\":\"" + i + "\"" + skip + "}",
          "X-API-Key",
          ROOT);
    }
  }

  static List<String> data(Answer history) {
    return history
        .json()
        .at("/events")
        .valueStream()
        .map(event -> event.get("data").stringValue())
        .toList();
  }
}
