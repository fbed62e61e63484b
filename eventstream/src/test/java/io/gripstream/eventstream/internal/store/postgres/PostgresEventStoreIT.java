package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.OutboxContract;
import io.gripstream.eventstream.testkit.PostgresServer;
import io.gripstream.eventstream.testkit.ProxyLedgerContract;
import io.gripstream.eventstream.testkit.SharedStoreContract;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

class PostgresEventStoreIT {
  private String url;

  @BeforeEach
  void makeDatabase() {
    url = PostgresServer.shared().newDatabase();
  }

  private EventStore store(StoreOptions options) {
    return EventStores.postgres(url, options);
  }

  @Nested
  class Contract extends EventStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return store(options);
    }
  }

  @Nested
  class Ledger extends ProxyLedgerContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return store(options);
    }
  }

  @Nested
  class Shared extends SharedStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return store(options);
    }
  }

  @Nested
  class Outbox extends OutboxContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return store(options);
    }

    @Override
    protected String url() {
      return url;
    }

    @Override
    protected String otherUrl() {
      String other = PostgresServer.shared().newDatabase();
      EventStores.migrate(other, StoreOptions.DEFAULT);
      return other;
    }
  }
}
