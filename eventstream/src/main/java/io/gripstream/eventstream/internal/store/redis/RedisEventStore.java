package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.core.AbstractEventStore;
import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.core.Upkeep;
import io.gripstream.eventstream.internal.store.core.WriteCheck;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.KeyRing;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.ProxyLedger;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event store in Redis or Valkey.
 *
 * <p>Threads: a {@link Lane} sends one batch at a time, and a thread of the connection handles the
 * answer; only the announcer calls listeners; the {@link Watch} looks for events of other
 * processes; upkeep trims and writes confirmations. Reads run on the callers' threads.
 */
final class RedisEventStore extends AbstractEventStore {
  private static final Logger LOG = LoggerFactory.getLogger(RedisEventStore.class);
  private static final Duration FLUSH = Duration.ofMillis(500);
  private static final Duration LOOKS = Duration.ofSeconds(1);
  private static final Duration LEFTOVERS = Duration.ofSeconds(30);
  private static final Duration CLOCKS = Duration.ofSeconds(60);

  /** Much longer than a batch can be in progress. */
  private static final Duration WRITERS_KEPT = Duration.ofMinutes(10);

  /** Relays find missing events in the log, and they give up after 45 s. */
  private static final Duration LOG_KEPT = Duration.ofMinutes(2);

  private final RedisStorage storage;
  private final Reads reads;
  private final Appender appender;
  private final Watch watch;
  private final Trimmer trimmer;
  private final RedisLedger ledger;
  private final RedisRevocations revocations;
  private final RedisKeyRing keys;
  private final Duration trimming;
  private final WriteCheck check;

  RedisEventStore(RedisAddress address, StoreOptions options) {
    this(new RedisStorage(address, options), options, new KeptHistory(options.retention()));
  }

  private RedisEventStore(RedisStorage storage, StoreOptions options, KeptHistory kept) {
    super(storage.clock(), kept);
    this.storage = storage;
    this.reads = new Reads(storage);
    this.appender = new Appender(storage, reads, announcer, outage, options, kept);
    this.trimmer = new Trimmer(storage, kept);
    this.watch = new Watch(storage, announcer, outage, trimmer);
    this.ledger = new RedisLedger(storage);
    this.revocations = new RedisRevocations(storage);
    this.keys = new RedisKeyRing(storage);
    this.check = new WriteCheck(outage, bytes -> storage.vouch("x".repeat(Math.max(1, bytes))));
    this.trimming = Upkeep.trimming(options.retention());
  }

  @Override
  protected String open() {
    return storage.open();
  }

  @Override
  protected void watch() {
    storage.orDisconnect(watch::start);
  }

  @Override
  protected void begin() {
    upkeep.soonAndEvery(LOOKS, "Looking after the storage", check::look);
    upkeep.every(trimming, "Trimming", trimmer::trim);
    upkeep.every(LEFTOVERS, "Clearing leftovers", this::clear);
    upkeep.every(CLOCKS, "Comparing clocks", storage::adjustClock);
    upkeep.every(FLUSH, "Writing down confirmations", ledger::flush);
  }

  @Override
  protected CompletableFuture<Appended> store(Draft draft) {
    return appender.append(draft);
  }

  @Override
  public void enqueue(Connection connection, Draft draft) {
    throw new UnsupportedOperationException("events in Redis cannot be part of a transaction of"
        + " your database: send after your commit, with an idempotency key if you send again after"
        + " a failure; or keep events in PostgreSQL or SQLite");
  }

  @Override
  public Page read(String channel, long after, long upTo, PageLimit limit) {
    requireOpen();
    return reads.page(channel, after, upTo, limit);
  }

  @Override
  public Map<String, Head> heads(Collection<String> channels) {
    requireOpen();
    return reads.heads(channels);
  }

  @Override
  public List<String> channels(String prefix, int limit) {
    requireOpen();
    return reads.channels(prefix, limit);
  }

  @Override
  public Head forget(String channel, long upTo) {
    requireOpen();
    trimmer.forget(channel, upTo);
    return reads.heads(List.of(channel)).getOrDefault(channel, Head.EMPTY);
  }

  @Override
  public KeyRing keys() {
    return keys;
  }

  @Override
  public ProxyLedger ledger() {
    return ledger;
  }

  @Override
  public Revocations revocations() {
    return revocations;
  }

  @Override
  public List<String> remarks() {
    requireOpen();
    return storage.remarks();
  }

  @Override
  protected StoreHealth probe() {
    return check.probe();
  }

  private void clear() {
    long now = clock().millis();
    storage.each(bucket -> {
      Keys names = bucket.keys();
      bucket.ask(
          Script.CLEAR,
          List.of(names.writers(), names.revokedUntil(), names.revocationChanges()),
          List.of(
              String.valueOf(now - LOG_KEPT.toMillis()),
              String.valueOf(now - WRITERS_KEPT.toMillis()),
              String.valueOf(now - Revocations.CHANGES_KEPT.toMillis())));
    });
  }

  @Override
  protected void end() {
    flushLast();
    appender.close();
    watch.close();
  }

  private void flushLast() {
    try {
      ledger.flush();
    } catch (StoreException e) {
      // Unwritten confirmations are harmless: a proxy drops repeated items.
      LOG.debug("Could not store confirmations", e);
    }
  }

  @Override
  protected void release() {
    storage.close();
  }
}
