package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.internal.store.sql.Epoch;
import io.gripstream.eventstream.internal.store.sql.Migration;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Brings a database file to the newest schema. SQLite has no lock that Flyway could hold between
 * its own transactions, so everything runs in one transaction. A second process waits and finds the
 * work done.
 */
final class SqliteSchema {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SqliteFile file;
  private final String prefix;

  SqliteSchema(SqliteFile file, String prefix) {
    this.file = file;
    this.prefix = prefix;
  }

  /** Returns the epoch. Blocks. */
  String migrate() {
    file.checkPlace();
    try {
      file.prepare(PATIENCE);
      try (Connection connection = file.writer();
          Session session = new Session(connection, prefix)) {
        String epoch = Epoch.ofCurrentSchema(session);
        return epoch != null ? epoch : migrate(connection, session);
      }
    } catch (SQLException e) {
      throw SqliteFailures.of(file.path().toString(), "preparing the schema", e);
    }
  }

  /** Makes a new epoch and returns it. */
  String renewEpoch() {
    migrate();
    try (Connection connection = file.writer();
        Session session = new Session(connection, prefix)) {
      return Epoch.renew(session);
    } catch (SQLException e) {
      throw SqliteFailures.of(file.path().toString(), "renewing the epoch", e);
    }
  }

  private String migrate(Connection connection, Session session) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + PATIENCE.toMillis());
      statement.execute("BEGIN IMMEDIATE");
      try {
        Migration.run(connection, SqliteSchema.class, prefix);
        String epoch = Epoch.make(session);
        statement.execute("COMMIT");
        return epoch;
      } catch (SQLException | RuntimeException e) {
        statement.execute("ROLLBACK");
        throw e;
      }
    }
  }
}
