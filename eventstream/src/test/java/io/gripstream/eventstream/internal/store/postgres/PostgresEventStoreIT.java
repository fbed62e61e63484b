package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.store.SqlStoreContracts;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.testtools.PostgresServer;
import org.junit.jupiter.api.BeforeEach;

class PostgresEventStoreIT extends SqlStoreContracts {
  private String url;

  @BeforeEach
  void makeDatabase() {
    url = PostgresServer.shared().newDatabase();
  }

  @Override
  protected EventStore newStore(StoreOptions options) {
    return EventStores.postgres(url, options);
  }

  @Override
  protected String callersUrl() {
    return url;
  }

  @Override
  protected String otherUrl() {
    String other = PostgresServer.shared().newDatabase();
    EventStores.migrate(other, StoreOptions.DEFAULT);
    return other;
  }
}
