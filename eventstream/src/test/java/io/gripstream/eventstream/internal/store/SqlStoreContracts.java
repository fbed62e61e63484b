package io.gripstream.eventstream.internal.store;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.OutboxContract;
import io.gripstream.eventstream.testkit.ProxyLedgerContract;
import io.gripstream.eventstream.testkit.SharedStoreContract;
import org.junit.jupiter.api.Nested;

/** Every contract that a SQL database keeps, for one kind of it. */
public abstract class SqlStoreContracts {
  /** A store on the database of this test, not started. */
  protected abstract EventStore newStore(StoreOptions options);

  /** The same database for callers' own transactions, by JDBC. */
  protected abstract String callersUrl();

  /** Another database with a schema of its own. */
  protected abstract String otherUrl();

  @Nested
  class Contract extends EventStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return SqlStoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Ledger extends ProxyLedgerContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return SqlStoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Shared extends SharedStoreContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return SqlStoreContracts.this.newStore(options);
    }
  }

  @Nested
  class Outbox extends OutboxContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return SqlStoreContracts.this.newStore(options);
    }

    @Override
    protected String url() {
      return callersUrl();
    }

    @Override
    protected String otherUrl() {
      return SqlStoreContracts.this.otherUrl();
    }
  }
}
