package io.gripstream.eventstream.testkit;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event store with faults on demand, such as real storages have: changes that it reports are
 * lost, late or doubled; it refuses events; it has removed old ones. It never loses an accepted
 * event. Without a fault it behaves well. Thread-safe.
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
  private final Map<String, Long> forgotten = new ConcurrentHashMap<>();
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

  /** From now on, listeners are told only that something changed, within a second, as by a poll. */
  public void dropChanges() {
    telling = (change, listener) -> after(POLL, () -> listener.accept(new Change.Anything()));
  }

  /** From now on, listeners are told later, by this time. */
  public void delayChanges(Duration delay) {
    telling = (change, listener) -> after(delay, () -> listener.accept(change));
  }

  /** From now on, listeners are told everything twice. */
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

  /** From now on, neither events nor heads can be read. */
  public void refuseReads(StoreException.Kind kind) {
    readRefusal = kind;
  }

  /** From now on, reading events fails as if memory had run out. */
  public void breakReads() {
    isBroken = true;
  }

  /** Ends all faults. Removed events stay removed. */
  public void recover() {
    telling = FaultyStore::atOnce;
    refusal = null;
    readRefusal = null;
    isBroken = false;
  }

  /** Removes the channel's events up to this id, as retention does. */
  public void forget(String channel, long upTo) {
    forgotten.merge(channel, upTo, Math::max);
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
    Page page = store.read(channel, Math.max(after, forgotten(channel)), upTo, limit);
    return new Page(page.events(), trimmed(channel, page.head()));
  }

  @Override
  public Map<String, Head> heads(Collection<String> channels) {
    refuseRead();
    Map<String, Head> heads = new HashMap<>(store.heads(channels));
    heads.replaceAll(this::trimmed);
    return heads;
  }

  private void refuseRead() {
    StoreException.Kind kind = readRefusal;
    if (kind != null) {
      throw new StoreException(kind, "the test told the store to refuse", null);
    }
  }

  private Head trimmed(String channel, Head head) {
    long trimmed = Math.min(head.last(), Math.max(head.trimmed(), forgotten(channel)));
    return new Head(head.last(), trimmed);
  }

  private long forgotten(String channel) {
    return forgotten.getOrDefault(channel, Event.NO_ID);
  }

  @Override
  public Registration onChange(Consumer<Change> listener) {
    return store.onChange(change -> telling.tell(change, listener));
  }

  @Override
  public KeyRing keys() {
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
