package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.IdempotencyContract;
import io.gripstream.eventstream.testkit.ProxyLedgerContract;
import io.gripstream.eventstream.testkit.RetentionContract;
import io.gripstream.eventstream.testkit.RevocationsContract;
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
  class Idempotency extends IdempotencyContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.memory(options);
    }
  }

  @Nested
  class Retention extends RetentionContract {
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
  class Revocations extends RevocationsContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return EventStores.memory(options);
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
