package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.copy.CopySource;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.internal.store.core.Backend;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.util.function.Function;

/** A SQL database: an {@link Engine}, for a store or for one task. */
public abstract class SqlBackend implements Backend {
  /**
   * Makes an engine, which is not opened. Does no I/O.
   *
   * @throws IllegalArgumentException if the URL is wrong
   * @throws IllegalStateException if a library is missing
   */
  protected abstract Engine engine(String databaseUrl, StoreOptions options);

  @Override
  public EventStore store(String databaseUrl, StoreOptions options) {
    return new SqlEventStore(engine(databaseUrl, options), options);
  }

  @Override
  public String migrate(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, Engine::open);
  }

  @Override
  public String renewEpoch(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, Engine::renewEpoch);
  }

  @Override
  public boolean isInUse(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, Engine::isInUse);
  }

  @Override
  public CopySource source(String databaseUrl, StoreOptions options) {
    return opened(
        databaseUrl,
        options,
        engine -> new SqlSource(engine, engine.reader(), engine.clock()).checked());
  }

  @Override
  public CopySource django(String databaseUrl, StoreOptions options) {
    return opened(
        databaseUrl, options, engine -> new DjangoSource(engine, engine.reader()).checked());
  }

  @Override
  public CopyTarget target(String databaseUrl, StoreOptions options) {
    return opened(databaseUrl, options, Engine::target);
  }

  /** What closes the engine in the end. */
  private <T> T opened(String databaseUrl, StoreOptions options, Function<Engine, T> opening) {
    Engine engine = engine(databaseUrl, options);
    try {
      return opening.apply(engine);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private <T> T once(String databaseUrl, StoreOptions options, Function<Engine, T> task) {
    Engine engine = engine(databaseUrl, options);
    try {
      return task.apply(engine);
    } finally {
      engine.close();
    }
  }
}
