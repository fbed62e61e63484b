package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.ProxyLedgerContract;
import org.junit.jupiter.api.Nested;

class MemoryEventStoreTest {
  @Nested
  class Contract extends EventStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.memory(options);
    }

    @Override
    protected boolean isKeptByProcess() {
      return true;
    }
  }

  @Nested
  class Ledger extends ProxyLedgerContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.memory(options);
    }
  }
}
