package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An event stream whose first start fails, since another program locks the storage. */
class StartTest {
  private static final StoreOptions HASTY =
      StoreOptions.DEFAULT.withBusyTimeout(Duration.ofMillis(200));

  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void migrate() {
    file = folder.resolve("events.db");
    EventStores.migrate("jdbc:sqlite:" + file, StoreOptions.DEFAULT);
  }

  private Connection locked() throws SQLException {
    Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
    }
    return other;
  }

  private void configure(EventStreamConfig config) {
    config.store(EventStores.sqlite(file, HASTY)).proxy("http://127.0.0.1:1/");
  }

  @Test
  void send_after_a_start_that_failed_starts_again() throws Exception {
    try (EventStream events = EventStream.create(this::configure)) {
      Connection other = locked();
      try {
        for (int i = 0; i < 2; i++) {
          assertThat(catchThrowableOfType(
                      StoreException.class, () -> events.send("a", "message", "refused"))
                  .kind())
              .isEqualTo(StoreException.Kind.BUSY);
        }
      } finally {
        other.close();
      }

      assertThat(events.send("a", "message", "x").id()).isEqualTo(1);
    }
  }
}
