package io.gripstream.eventstream.internal.store.bench;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** The p99 of sends while a million old events are removed, and right after that. */
final class Trimming {
  private static final int OLD = 1_000_000;
  private static final Duration WITHOUT = Duration.ofSeconds(4);

  private Trimming() {}

  static void run(Figures figures) throws Exception {
    try (Folder folder = new Folder()) {
      String url = folder.url("ours.db");
      Filled.make(url, OLD / Appends.CHANNELS, Duration.ofHours(25));
      try (EventStore store = EventStores.sqlite(folder.file("ours.db"));
          Connection looking = DriverManager.getConnection(url)) {
        store.start();
        AtomicBoolean left = new AtomicBoolean(true);
        Thread looker = new Thread(() -> {
          while (isOldLeft(looking)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
          }
          left.set(false);
        });
        looker.start();
        long start = System.nanoTime();
        figures.note("trim_p99_ms", "ours", Appends.runWhile(store, left::get).p99Millis());
        figures.note("trim_seconds", "ours", (System.nanoTime() - start) / 1e9);
        looker.join();
        figures.note("trim_p99_ms", "without", Appends.run(store, WITHOUT).p99Millis());
      }
    }
  }

  private static boolean isOldLeft(Connection looking) {
    try (Statement statement = looking.createStatement();
        ResultSet rows = statement.executeQuery(
            "SELECT EXISTS (SELECT 1 FROM gripstream_batch WHERE id <= " + OLD / 16 + ")")) {
      return rows.getBoolean(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
