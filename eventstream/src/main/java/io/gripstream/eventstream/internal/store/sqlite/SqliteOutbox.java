package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.OutboxRows;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The outbox in a SQLite file: writes events in callers' transactions, and reads them after the
 * commit.
 */
final class SqliteOutbox {
  private final Path path;
  private final String insert;

  SqliteOutbox(Path path, String prefix) {
    this.path = path;
    this.insert = "INSERT INTO " + prefix
        + "outbox (channel, type, data, skip_users, idempotency_key) VALUES (?, ?, ?, ?, ?)";
  }

  void put(Connection connection, Draft draft) throws SQLException {
    checkDatabase(connection);
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, OutboxRows.channels(draft));
      statement.setString(2, draft.type());
      statement.setString(3, draft.data());
      statement.setString(4, EventColumns.joinUsers(draft.skippedUsers()));
      statement.setBytes(5, EventColumns.key(draft));
      statement.executeUpdate();
    }
  }

  private void checkDatabase(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    if (!"SQLite".equals(product)) {
      throw new IllegalArgumentException(
          "the connection is to " + product + ", but the event store is the SQLite file " + path);
    }
    String file = mainFile(connection);
    if (!isSame(file)) {
      throw new IllegalArgumentException("the connection is to "
          + (file.isEmpty() ? "a database in memory" : file)
          + ", but the event store is " + path);
    }
  }

  private static String mainFile(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA database_list")) {
      while (rows.next()) {
        if ("main".equals(rows.getString(2))) {
          String file = rows.getString(3);
          return file == null ? "" : file;
        }
      }
      return "";
    }
  }

  private boolean isSame(String file) {
    try {
      return !file.isEmpty() && Files.isSameFile(path, Path.of(file));
    } catch (IOException e) {
      return false;
    }
  }

  /** Some rows, in the order of their arrival. */
  OutboxRows read(Session session) throws SQLException {
    return OutboxRows.read(session, ResultSet::getString);
  }
}
