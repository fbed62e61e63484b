package io.gripstream.eventstream.testkit;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.KeyRing;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.ProxyLedger;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An event store with faults on demand, like those of real storages: reported changes are lost,
 * late or doubled; it refuses events or reads. It never loses an accepted event. Without a fault it
 * works as its contract says. Thread-safe.
 *
 * <pre>{@code
 * FaultyStore store = FaultyStore.inMemory();
 * EventStream events = EventStream.create(config -> config.store(store));
 * store.dropChanges();
 * events.send("news", "message", "arrives a second late");
 * }</pre>
 */
public final class FaultyStore implements EventStore {
  /** The longest delay that the contract of a store allows for a lost change. */
  private static final Duration POLL = Duration.ofSeconds(1);

  /** The way in which listeners get a change. */
  private interface Telling {
    void tell(Change change, Consumer<Change> listener);
  }

  private final EventStore store;
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "faulty-store");
        thread.setDaemon(true);
        return thread;
      });
  private volatile Telling telling = FaultyStore::atOnce;
  private volatile StoreException.@Nullable Kind refusal;
  private volatile StoreException.@Nullable Kind readRefusal;
  private volatile boolean isBroken;

  private FaultyStore(EventStore store) {
    this.store = store;
  }

  /** Makes a store in memory. */
  public static FaultyStore inMemory() {
    return of(EventStores.memory());
  }

  /** Wraps a store, which is started and closed with this one. */
  public static FaultyStore of(EventStore store) {
    return new FaultyStore(store);
  }

  /** From now on, listeners only learn that something changed, within a second, as by a poll. */
  public void dropChanges() {
    telling = (change, listener) -> after(POLL, () -> listener.accept(new Change.Anything()));
  }

  /** From now on, listeners get each change later, by this time. */
  public void delayChanges(Duration delay) {
    telling = (change, listener) -> after(delay, () -> listener.accept(change));
  }

  /** From now on, listeners get each change twice. */
  public void duplicateChanges() {
    telling = (change, listener) -> {
      listener.accept(change);
      listener.accept(change);
    };
  }

  /** From now on, no event is accepted. */
  public void refuseAppends(StoreException.Kind kind) {
    refusal = kind;
  }

  /** From now on, neither events nor heads nor keys can be read. */
  public void refuseReads(StoreException.Kind kind) {
    readRefusal = kind;
  }

  /** From now on, reading events fails as if memory had run out. */
  public void breakReads() {
    isBroken = true;
  }

  /** Ends all faults. */
  public void recover() {
    telling = FaultyStore::atOnce;
    refusal = null;
    readRefusal = null;
    isBroken = false;
  }

  private static void atOnce(Change change, Consumer<Change> listener) {
    listener.accept(change);
  }

  private void after(Duration delay, Runnable task) {
    try {
      later.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // There is no listener any more.
    }
  }

  @Override
  public void channelRules(Function<String, ChannelRules> rules) {
    store.channelRules(rules);
  }

  @Override
  public void start() {
    store.start();
  }

  @Override
  public String epoch() {
    return store.epoch();
  }

  @Override
  public Clock clock() {
    return store.clock();
  }

  @Override
  public CompletableFuture<Appended> append(Draft draft) {
    StoreException.Kind kind = refusal;
    return kind == null
        ? store.append(draft)
        : CompletableFuture.failedFuture(
            new StoreException(kind, "the test told the store to refuse", null));
  }

  @Override
  public void enqueue(Connection connection, Draft draft) {
    store.enqueue(connection, draft);
  }

  @Override
  public Page read(String channel, long after, long upTo, PageLimit limit) {
    refuseRead();
    if (isBroken) {
      throw new OutOfMemoryError("the test told the store to break");
    }
    return store.read(channel, after, upTo, limit);
  }

  @Override
  public Map<String, Head> heads(Collection<String> channels) {
    refuseRead();
    return store.heads(channels);
  }

  @Override
  public List<String> channels(String prefix, int limit) {
    refuseRead();
    return store.channels(prefix, limit);
  }

  private void refuseRead() {
    StoreException.Kind kind = readRefusal;
    if (kind != null) {
      throw new StoreException(kind, "the test told the store to refuse", null);
    }
  }

  @Override
  public Head forget(String channel, long upTo) {
    return store.forget(channel, upTo);
  }

  @Override
  public Registration onChange(Consumer<Change> listener) {
    return store.onChange(change -> telling.tell(change, listener));
  }

  @Override
  public KeyRing keys() {
    refuseRead();
    return store.keys();
  }

  @Override
  public ProxyLedger ledger() {
    return store.ledger();
  }

  @Override
  public Revocations revocations() {
    return store.revocations();
  }

  @Override
  public List<String> remarks() {
    return store.remarks();
  }

  @Override
  public Optional<String> fault() {
    return store.fault();
  }

  @Override
  public StoreHealth check() {
    StoreException.Kind kind = refusal;
    return kind == null
        ? store.check()
        : new StoreHealth.Failed("the test told the store to refuse");
  }

  @Override
  public void close() {
    later.shutdownNow();
    store.close();
  }
}
