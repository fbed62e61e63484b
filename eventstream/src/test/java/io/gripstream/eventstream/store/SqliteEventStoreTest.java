package io.gripstream.eventstream.store;

import io.gripstream.eventstream.testkit.EventStoreContract;
import io.gripstream.eventstream.testkit.OutboxContract;
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

  @Nested
  class Outbox extends OutboxContract {
    @Override
    protected EventStore newStore(StoreOptions options) {
      return store(options);
    }

    @Override
    protected String url() {
      return "jdbc:sqlite:" + folder.resolve("events.db") + "?busy_timeout=5000";
    }

    @Override
    protected String otherUrl() {
      String url = "jdbc:sqlite:" + folder.resolve("other.db");
      EventStores.migrate(url, StoreOptions.DEFAULT);
      return url;
    }
  }
}
