package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.store.SqlStoreContracts;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.testtools.PostgresServer;
import org.junit.jupiter.api.BeforeEach;

/** The contract of every store, on a new database for each test, reached in one way or another. */
abstract class PostgresContracts extends SqlStoreContracts {
  private String database;

  @BeforeEach
  void makeDatabase() {
    database = PostgresServer.shared().newDatabase();
  }

  /** The database of this test, at the server itself. */
  final String database() {
    return database;
  }

  /** The same for its stores. */
  abstract String url();

  @Override
  protected EventStore newStore(StoreOptions options) {
    return EventStores.postgres(url(), options);
  }

  @Override
  protected String otherUrl() {
    String other = PostgresServer.shared().newDatabase();
    EventStores.migrate(other, StoreOptions.DEFAULT);
    return other;
  }
}
