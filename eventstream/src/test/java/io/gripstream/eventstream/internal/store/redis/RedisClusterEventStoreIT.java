package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.store.StoreContracts;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.testtools.RedisCluster;
import org.junit.jupiter.api.BeforeEach;

class RedisClusterEventStoreIT extends StoreContracts {
  private String prefix;

  @BeforeEach
  void chooseKeys() {
    prefix = RedisCluster.shared().newPrefix();
  }

  @Override
  protected EventStore newStore(StoreOptions options) {
    return EventStores.redis(RedisCluster.shared().url(), options.withTablePrefix(prefix));
  }

  @Override
  protected String together(String name) {
    return "{t}" + name;
  }
}
