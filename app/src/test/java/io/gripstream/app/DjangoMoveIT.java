package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.Stores;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.testtools.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Does what the page about moving says with what a real Django wrote. */
class DjangoMoveIT {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final String KEY = "k3y.of.servers-0123456789";
  private static final String LEFT_OUT =
      "gripstream: not copied: events up to id 2 of channel \"holed\", since some between were"
          + " removed\n";
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir
  Path directory;

  private static Guide.Block block(String language, String has) throws Exception {
    return Guide.read("moving-from-django-eventstream.md").blocks().stream()
        .filter(block -> block.language().equals(language) && block.text().contains(has))
        .findFirst()
        .orElseThrow();
  }

  /** Returns what it said. */
  private String type(String has, Map<String, String> settings) throws Exception {
    String text = block("sh", has)
        .text()
        .replace("cd /opt/gripstream\n", "")
        .replace("/var/www/app/", directory + "/")
        .replace("scripts/gripstream", REPOSITORY + "/scripts/gripstream");
    return Command.start(directory, settings, List.of("bash", "-euo", "pipefail", "-c", text))
        .expectExit(0)
        .err();
  }

  @Test
  void events_of_django_in_sqlite_are_copied_byte_for_byte() throws Exception {
    List<String> sent =
        DjangoProject.fill(directory, directory.resolve("db.sqlite3").toString());
    assertThat(type("copy django:jdbc:sqlite:", Map.of())).isEqualTo(LEFT_OUT);
    expectStored("jdbc:sqlite:" + directory.resolve("events.db"), sent);
  }

  @Test
  void events_of_django_in_postgresql_are_copied_byte_for_byte() throws Exception {
    String jdbc = PostgresServer.shared().newDatabase();
    String url = jdbc.replace("jdbc:postgresql://", "postgres://postgres@").split("\\?")[0];
    List<String> sent = DjangoProject.fill(directory, url);
    assertThat(type("copy env:DJANGO_EVENTS", Map.of("DJANGO", url))).isEqualTo(LEFT_OUT);
    expectStored(jdbc, sent);
  }

  /** All that Django still had, with its ids; and ids go on where its counters stood. */
  private static void expectStored(String url, List<String> sent) {
    try (EventStore store = EventStores.of(url, StoreOptions.DEFAULT)) {
      store.start();
      List<JsonNode> left = new ArrayList<>();
      for (String line : sent) {
        JsonNode event = JSON.readTree(line);
        boolean trimmed = event.get("channel").asString().equals("silent")
            || (event.get("channel").asString().equals("trimmed")
                && event.get("id").asInt() < 4)
            || (event.get("channel").asString().equals("holed")
                && event.get("id").asInt() < 3);
        if (!trimmed) {
          left.add(event);
        }
      }
      for (JsonNode expected : left) {
        long id = expected.get("id").asLong();
        List<Event> all = Stores.all(store, expected.get("channel").asString());
        Event found = all.stream().filter(event -> event.id() == id).findFirst().orElseThrow();
        assertThat(found.data()).isEqualTo(expected.get("data").asString());
        assertThat(found.type()).isEqualTo(expected.get("type").asString());
      }
      assertThat(List.of("news", "room", "raum ü/1", "trimmed", "holed", "silent"))
          .allSatisfy(channel -> assertThat(Stores.all(store, channel)).hasSize((int) left.stream()
              .filter(event -> event.get("channel").asString().equals(channel))
              .count()));
      assertThat(Stores.all(store, "news"))
          .allSatisfy(event -> assertThat(event.at())
              .isCloseTo(Instant.now().minus(Duration.ofHours(5)), within(10, ChronoUnit.MINUTES)));
      assertThat(Stores.append(store, "trimmed", "x").id()).isEqualTo(6);
      assertThat(Stores.append(store, "silent", "x").id()).isEqualTo(2);
    }
  }

  @Test
  void python_of_the_page_sends_the_bytes_that_django_sends() throws Exception {
    int port = Ports.free(1).get(0);
    String database = "jdbc:sqlite:" + directory.resolve("events.db");
    Path page = Files.writeString(
        directory.resolve("page.py"), block("python", "send_event").text());
    List<String> expected;
    Map<String, String> settings = Map.of(
        "PORT", Integer.toString(port), "DATABASE_URL", database, "GRIPSTREAM_API_KEYS", KEY);
    try (Command server = Command.gripstream(directory, settings, "serve").await("ready:")) {
      expected = DjangoProject.send(directory, page, "http://127.0.0.1:" + port, KEY);
      assertThat(server.isAlive()).isTrue();
    }
    try (EventStore store = EventStores.of(database, StoreOptions.DEFAULT)) {
      store.start();
      assertThat(Stores.data(Stores.all(store, "values")))
          .isEqualTo(
              expected.stream().map(line -> JSON.readTree(line).asString()).toList());
      assertThat(Stores.all(store, "values"))
          .allSatisfy(event -> assertThat(event.skippedUsers()).containsExactly("7"));
    }
  }
}
