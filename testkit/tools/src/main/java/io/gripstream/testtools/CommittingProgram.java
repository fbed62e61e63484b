package io.gripstream.testtools;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;

/** Sends one event within a transaction, commits and dies: {@code DATABASE_URL CHANNEL DATA}. */
public final class CommittingProgram {
  private CommittingProgram() {}

  public static void main(String[] args) throws Exception {
    EventStore store = EventStores.of(args[0], StoreOptions.DEFAULT);
    store.start();
    try (Connection connection = DriverManager.getConnection(args[0])) {
      connection.setAutoCommit(false);
      store.enqueue(connection, Draft.of(args[1], "message", args[2]));
      connection.commit();
      // Like SIGKILL: nothing is closed, no hook runs.
      Runtime.getRuntime().halt(137);
    }
  }
}
