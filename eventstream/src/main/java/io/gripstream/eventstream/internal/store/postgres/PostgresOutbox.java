package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.OutboxRows;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Writes events in callers' transactions, and reads them after the commit. */
final class PostgresOutbox {
  private final String lockName;
  private final String insert;

  PostgresOutbox(String prefix) {
    this.lockName = prefix + "outbox";
    // Compares the epoch, so that an event never gets into another database than the store's.
    this.insert = "INSERT INTO " + lockName
        + " (channel, type, data, skip_users, idempotency_key) SELECT ?, ?, ?, ?, ? FROM " + prefix
        + "meta WHERE name = 'epoch' AND value = ?";
  }

  void put(Connection connection, Draft draft, String epoch) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    if (!"PostgreSQL".equals(product)) {
      throw otherDatabase("the connection is to " + product, null);
    }
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, OutboxRows.channels(draft));
      statement.setString(2, draft.type());
      statement.setBytes(3, draft.data().getBytes(StandardCharsets.UTF_8));
      statement.setString(4, EventColumns.joinUsers(draft.skippedUsers()));
      statement.setBytes(5, EventColumns.key(draft));
      statement.setString(6, epoch);
      if (statement.executeUpdate() != 1) {
        throw otherDatabase("the connection is to another event store's database", null);
      }
    } catch (SQLException e) {
      if (SqlState.UNDEFINED_TABLE.equals(e.getSQLState())) {
        throw otherDatabase("the connection's database has no table " + lockName, e);
      }
      throw e;
    }
  }

  private static IllegalArgumentException otherDatabase(String what, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        what + "; it must be to the PostgreSQL database of this event store", cause);
  }

  /** Some rows, in the order of their arrival; none while another process moves them. */
  OutboxRows read(Session session) throws SQLException {
    long mine = session.number(
        "SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended(?, 0)) THEN 1 ELSE 0 END",
        0,
        lockName);
    if (mine == 0) {
      return OutboxRows.none(session);
    }
    return OutboxRows.read(
        session, (row, column) -> new String(row.getBytes(column), StandardCharsets.UTF_8));
  }
}
