package io.gripstream.eventstream.internal.store.bench;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** SQLite files with many events, written as the store would write them, only faster. */
final class Filled {
  private static final int PER_BATCH = 16;
  private static final int PER_TRANSACTION = 200_000;
  private static final String EVENTS = """
      WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
      INSERT INTO gripstream_event SELECT %d, i, 'message', '%s', NULL, %d FROM n""";
  private static final String BATCHES = """
      WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + %4$d FROM n WHERE i + %4$d <= %d)
      INSERT INTO gripstream_batch (writer, at, moved)
      SELECT 0, %5$d, '%3$d:' || i || '-' || (i + %4$d - 1) FROM n""";

  private Filled() {}

  /** Makes the file: this number of events in each channel, all of that age. */
  static void make(String url, int perChannel, Duration age) throws SQLException {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    long at = System.currentTimeMillis() - age.toMillis();
    try (Connection connection = DriverManager.getConnection(url + "?synchronous=OFF");
        Statement statement = connection.createStatement()) {
      for (int channel = 1; channel <= Appends.CHANNELS; channel++) {
        statement.execute("INSERT INTO gripstream_channel VALUES (%d, '%s', %d)"
            .formatted(channel, Appends.channel(channel - 1), perChannel));
        for (int first = 1; first <= perChannel; first += PER_TRANSACTION) {
          int last = Math.min(perChannel, first + PER_TRANSACTION - 1);
          statement.execute(EVENTS.formatted(first, last, channel, Appends.DATA, at));
          statement.execute(BATCHES.formatted(first, last, channel, PER_BATCH, at));
        }
      }
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }
}
