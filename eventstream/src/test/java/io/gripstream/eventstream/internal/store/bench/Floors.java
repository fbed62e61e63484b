package io.gripstream.eventstream.internal.store.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The limit of a database itself: a bare loop of transactions over plain JDBC. */
final class Floors {
  private Floors() {}

  /** Events per second with this number of inserts in each transaction, sent one by one. */
  static double inserts(Connection connection, int perTransaction, Duration time)
      throws SQLException {
    return loop(connection, perTransaction, time, false);
  }

  /** The same, but the inserts of a transaction are sent as one JDBC batch. */
  static double batches(Connection connection, int perTransaction, Duration time)
      throws SQLException {
    return loop(connection, perTransaction, time, true);
  }

  private static double loop(
      Connection connection, int perTransaction, Duration time, boolean batched)
      throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("""
          CREATE TABLE IF NOT EXISTS floor (
            channel BIGINT NOT NULL, id BIGINT NOT NULL, type VARCHAR(255) NOT NULL,
            data TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (channel, id))""");
      statement.execute("DELETE FROM floor");
    }
    connection.setAutoCommit(false);
    long id = 0;
    long start = System.nanoTime();
    try (PreparedStatement insert = connection.prepareStatement(
        "INSERT INTO floor (channel, id, type, data, at) VALUES (?, ?, ?, ?, ?)")) {
      while (System.nanoTime() - start < time.toNanos()) {
        for (int i = 0; i < perTransaction; i++) {
          insert.setLong(1, id % Appends.CHANNELS);
          insert.setLong(2, ++id);
          insert.setString(3, "message");
          insert.setString(4, Appends.DATA);
          insert.setLong(5, start);
          if (batched) {
            insert.addBatch();
          } else {
            insert.executeUpdate();
          }
        }
        if (batched) {
          insert.executeBatch();
        }
        connection.commit();
      }
    }
    return id / ((System.nanoTime() - start) / 1e9);
  }
}
