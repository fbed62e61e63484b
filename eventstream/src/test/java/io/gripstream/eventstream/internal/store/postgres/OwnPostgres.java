package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.testtools.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A PostgreSQL that a test has alone, because it stops it, kills it or counts in it. */
abstract class OwnPostgres {
  static PostgresServer server;
  String url;

  /** A private server, because the test stops and kills it. */
  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(true);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void makeDatabase() {
    url = server.newDatabase();
  }

  static EventStore started(String url, StoreOptions options) {
    EventStore store = EventStores.postgres(url, options);
    store.start();
    return store;
  }

  long number(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  long size() throws SQLException {
    return number("SELECT pg_database_size(current_database())");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
