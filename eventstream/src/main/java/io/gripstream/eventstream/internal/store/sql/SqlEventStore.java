package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.core.AbstractEventStore;
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
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event store on a SQL database.
 *
 * <p>Threads: only the writer ({@link GroupCommit}) appends; only the announcer calls listeners; a
 * watcher of the engine looks for changes of other processes; upkeep trims and writes
 * confirmations. Reads run on the callers' threads. No lock of this store is held during any of
 * these.
 */
public final class SqlEventStore extends AbstractEventStore {
  private static final Logger LOG = LoggerFactory.getLogger(SqlEventStore.class);
  private static final Duration FLUSH = Duration.ofMillis(500);
  private static final Duration LOOKS = Duration.ofSeconds(1);
  private static final Duration LEFTOVERS = Duration.ofSeconds(60);
  private static final Duration CLOCKS = Duration.ofSeconds(60);

  private final Engine engine;
  private final GroupCommit writer;
  private final SqlLedger ledger;
  private final SqlRevocations revocations;
  private final SqlKeys keys;
  private final Database database;
  private final Leftovers leftovers;
  private final Duration trimming;
  private final AtomicBoolean sequencing = new AtomicBoolean();
  private final SecureRandom random = new SecureRandom();
  private final WriteCheck check = new WriteCheck(outage, this::write);

  public SqlEventStore(Engine engine, StoreOptions options) {
    super(engine.clock(), engine.kept());
    this.engine = engine;
    this.writer =
        new GroupCommit(engine, announcer, outage, options.maxWaiting(), options.busyTimeout());
    this.database = engine.database(writer);
    long self = random.nextLong();
    this.ledger = new SqlLedger(database, clock(), self, engine.unsettled());
    this.revocations = new SqlRevocations(database, clock());
    this.keys = new SqlKeys(database, clock());
    this.leftovers = new Leftovers(database, clock());
    this.trimming = Upkeep.trimming(options.retention());
  }

  @Override
  protected String open() {
    return engine.open();
  }

  @Override
  protected void watch() {
    engine.watch(new Watching());
  }

  @Override
  protected void begin() {
    writer.start();
    upkeep.soonAndEvery(LOOKS, "Looking after the storage", check::look);
    upkeep.every(trimming, "Trimming", () -> engine.trim(database));
    upkeep.every(LEFTOVERS, "Clearing leftovers", leftovers::clear);
    upkeep.every(CLOCKS, "Comparing clocks", engine::adjustClock);
    upkeep.every(FLUSH, "Writing down confirmations", ledger::flush);
  }

  @Override
  protected CompletableFuture<Appended> store(Draft draft) {
    return writer.append(draft);
  }

  @Override
  public void enqueue(Connection connection, Draft draft) {
    requireOpen();
    try {
      engine.enqueue(connection, draft);
    } catch (SQLException e) {
      throw engine.failure("putting an event into the outbox", e);
    }
  }

  @Override
  public Page read(String channel, long after, long upTo, PageLimit limit) {
    requireOpen();
    return engine.page(channel, after, upTo, limit);
  }

  @Override
  public Map<String, Head> heads(Collection<String> channels) {
    requireOpen();
    return engine.heads(channels);
  }

  /** In order of the names, which have an index. */
  @Override
  public List<String> channels(String prefix, int limit) {
    requireOpen();
    return engine.channels(prefix, limit);
  }

  @Override
  public Head forget(String channel, long upTo) {
    requireOpen();
    new Forgetting(database).upTo(channel, upTo);
    engine.wipe();
    return engine.heads(List.of(channel)).getOrDefault(channel, Head.EMPTY);
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
    return engine.remarks();
  }

  @Override
  protected StoreHealth probe() {
    return check.probe();
  }

  /**
   * Checks that it is still the opened storage. Writes this number of bytes, and a value that
   * differs each time: otherwise SQLite would not write.
   */
  private void write(int bytes) {
    byte[] padding = new byte[bytes / 2];
    random.nextBytes(padding);
    String value = clock().millis() + HexFormat.of().formatHex(padding);
    String opened = epoch();
    database.write(session -> {
      Epoch.check(opened, Epoch.read(session));
      return session.update("""
          INSERT INTO $meta (name, value) VALUES ('checked_at', ?)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value""", value);
    });
  }

  @Override
  protected void end() {
    engine.unwatch();
    flushLast();
    writer.close();
  }

  @Override
  protected void release() {
    engine.close();
  }

  private void flushLast() {
    try {
      ledger.flush();
    } catch (StoreException e) {
      // Unwritten confirmations are harmless: a proxy drops repeated items.
      LOG.debug("Could not store confirmations", e);
    }
  }

  /** Passes on the engine's reports. */
  private final class Watching implements Engine.News {
    @Override
    public void channels(Set<String> names) {
      announcer.others(names);
    }

    @Override
    public void anything() {
      announcer.anything();
    }

    @Override
    public void failing(SQLException cause) {
      outage.failed(engine.failure("watching", cause), 0);
    }

    @Override
    public void outbox() {
      // One look at a time is enough: it continues until the outbox is empty.
      if (sequencing.compareAndSet(false, true)) {
        try {
          writer.sequence(() -> sequencing.set(false));
        } catch (StoreException e) {
          sequencing.set(false);
        }
      }
    }
  }
}
