package io.gripstream.eventstream.internal.store.sqlite;

import static io.gripstream.eventstream.testkit.Stores.append;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.store.SqlStoreContracts;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteEventStoreTest extends SqlStoreContracts {
  @TempDir
  Path folder;

  @Override
  protected EventStore newStore(StoreOptions options) {
    return EventStores.sqlite(folder.resolve("events.db"), options);
  }

  @Override
  protected String callersUrl() {
    return "jdbc:sqlite:" + folder.resolve("events.db") + "?busy_timeout=5000";
  }

  @Override
  protected String otherUrl() {
    String url = "jdbc:sqlite:" + folder.resolve("other.db");
    EventStores.migrate(url, StoreOptions.DEFAULT);
    return url;
  }

  @Test
  void files_are_for_their_owner_only() throws Exception {
    Path file = folder.resolve("new.db");
    try (EventStore store = EventStores.sqlite(file)) {
      store.start();
      append(store, "a", "1");
      for (String name : List.of("new.db", "new.db-wal", "new.db-shm")) {
        assertThat(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
            .as(name)
            .isEqualTo("rw-------");
      }
    }
  }
}
