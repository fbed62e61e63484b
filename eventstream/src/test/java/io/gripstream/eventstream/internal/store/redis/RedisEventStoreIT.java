package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.store.StoreContracts;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.testtools.RedisServer;
import org.junit.jupiter.api.BeforeEach;

class RedisEventStoreIT extends StoreContracts {
  private String url;

  @BeforeEach
  void chooseDatabase() {
    url = RedisServer.shared().newDatabase();
  }

  @Override
  protected EventStore newStore(StoreOptions options) {
    return EventStores.redis(url, options);
  }
}
