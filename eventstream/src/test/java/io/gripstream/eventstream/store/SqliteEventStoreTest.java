package io.gripstream.eventstream.store;

import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.ProxyLedgerContract;
import io.gripstream.eventstream.testkit.SharedStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class SqliteEventStoreTest {
  @TempDir
  Path folder;

  private EventStore store(StoreOptions options) {
    return EventStores.sqlite(folder.resolve("events.db"), options);
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
}
