package io.gripstream.eventstream.internal.store;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.ProxyLedgerContract;
import io.gripstream.eventstream.testkit.SharedStoreContract;
import org.junit.jupiter.api.Nested;

/** Every contract that a storage of many processes keeps, whatever it is. */
public abstract class StoreContracts {
  /** A store on the storage of this test, not started. */
  protected abstract EventStore newStore(StoreOptions options);

  @Nested
  class Contract extends EventStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Ledger extends ProxyLedgerContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Shared extends SharedStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return StoreContracts.this.newStore(options);
    }
  }
}
