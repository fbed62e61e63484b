package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.copy.CopySource;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.internal.store.core.Backend;
import io.gripstream.eventstream.internal.store.core.Libraries;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.util.function.Function;

/** Finds Redis and Valkey by URL. */
public final class RedisBackend implements Backend {
  private static final Libraries LIBRARIES =
      Libraries.of("Redis").and("io.lettuce:lettuce-core", "io.lettuce.core.RedisClient");

  @Override
  public boolean accepts(String databaseUrl) {
    return RedisAddress.isOne(databaseUrl);
  }

  @Override
  public String form() {
    return RedisAddress.FORM;
  }

  @Override
  public EventStore store(String databaseUrl, StoreOptions options) {
    LIBRARIES.require();
    return new RedisEventStore(RedisAddress.parse(databaseUrl), options);
  }

  @Override
  public String migrate(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, RedisStorage::open);
  }

  @Override
  public String renewEpoch(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, RedisStorage::renewEpoch);
  }

  @Override
  public boolean isInUse(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, RedisStorage::isInUse);
  }

  @Override
  public CopySource source(String databaseUrl, StoreOptions options) {
    return opened(databaseUrl, options, storage -> new RedisSource(storage, options.retention()));
  }

  @Override
  public CopySource django(String databaseUrl, StoreOptions options) {
    throw new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "events of django-eventstream in Redis cannot be copied; those in SQLite and PostgreSQL can",
        null);
  }

  @Override
  public CopyTarget target(String databaseUrl, StoreOptions options) {
    return opened(databaseUrl, options, storage -> new RedisTarget(storage, options.retention()));
  }

  /** What closes the storage in the end. */
  private static <T> T opened(
      String databaseUrl, StoreOptions options, Function<RedisStorage, T> opening) {
    LIBRARIES.require();
    RedisStorage storage = new RedisStorage(RedisAddress.parse(databaseUrl), options);
    try {
      return opening.apply(storage);
    } catch (RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  private static <T> T once(
      String databaseUrl, StoreOptions options, Function<RedisStorage, T> task) {
    LIBRARIES.require();
    try (RedisStorage storage = new RedisStorage(RedisAddress.parse(databaseUrl), options)) {
      return task.apply(storage);
    }
  }
}
