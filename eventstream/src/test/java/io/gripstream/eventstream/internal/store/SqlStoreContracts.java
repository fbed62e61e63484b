package io.gripstream.eventstream.internal.store;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.OutboxContract;
import org.junit.jupiter.api.Nested;

/** Every contract that a SQL database keeps, for one kind of it: also the one of the outbox. */
public abstract class SqlStoreContracts extends StoreContracts {
  /** The same database for callers' own transactions, by JDBC. */
  protected abstract String callersUrl();

  /** Another database with its own schema. */
  protected abstract String otherUrl();

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
