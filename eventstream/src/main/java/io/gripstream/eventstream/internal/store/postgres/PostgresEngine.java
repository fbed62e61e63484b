package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.internal.store.core.DatabaseClock;
import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.internal.store.sql.Arrivals;
import io.gripstream.eventstream.internal.store.sql.ChannelNameRange;
import io.gripstream.eventstream.internal.store.sql.Database;
import io.gripstream.eventstream.internal.store.sql.Engine;
import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.OutboxRows;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.internal.store.sql.SqlTarget;
import io.gripstream.eventstream.internal.store.sql.UnfinishedCopy;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** PostgreSQL: a pool of connections, and one that listens. */
final class PostgresEngine implements Engine {
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final StoreOptions options;
  private final PostgresPool pool;
  private final Clock clock;
  private final PostgresChannels channels;
  private final PostgresTurns turns;
  private final PostgresNotifier notifier;
  private final KeptHistory kept;
  private final PostgresTrimmer trimmer;
  private final PostgresOutbox outbox;
  private final LongAdder appended = new LongAdder();
  private @Nullable PostgresWatcher watcher;
  private volatile String epoch = "";

  PostgresEngine(String url, StoreOptions options) {
    this.options = options;
    this.pool = new PostgresPool(url, options);
    this.clock = options.clock().equals(StoreOptions.DEFAULT.clock())
        ? new DatabaseClock(options.clock())
        : options.clock();
    this.channels = new PostgresChannels(pool);
    this.turns = new PostgresTurns(clock);
    this.notifier = new PostgresNotifier(pool, turns.writer());
    this.kept = new KeptHistory(options.retention());
    this.trimmer = new PostgresTrimmer(pool, clock, options.tablePrefix(), kept, appended::sum);
    this.outbox = new PostgresOutbox(options.tablePrefix());
  }

  @Override
  public String open() {
    pool.connect();
    epoch = new PostgresSchema(pool, options.tablePrefix()).migrate();
    pool.read(session -> {
      UnfinishedCopy.check(session);
      return true;
    });
    adjustClock();
    return epoch;
  }

  @Override
  public String renewEpoch() {
    open();
    return new PostgresSchema(pool, options.tablePrefix()).renewEpoch();
  }

  @Override
  public boolean isInUse() {
    return pool.isInUse();
  }

  @Override
  public List<String> remarks() {
    return pool.remarks();
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public KeptHistory kept() {
    return kept;
  }

  @Override
  public void adjustClock() {
    if (clock instanceof DatabaseClock shared) {
      pool.read(session -> {
        shared.adjust(() -> serverMillis(session));
        return true;
      });
    }
  }

  static long serverMillis(Session session) throws SQLException {
    return session.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", 0);
  }

  @Override
  public Database database(Writer writer) {
    return pool;
  }

  /** Does not wait: the necessary rows are locked once they are known. */
  @Override
  public void begin(long until) {}

  /** Tries again while this can help: the restart of a server delays events and loses none. */
  @Override
  public List<Outcome> append(Arrivals arrivals, long until) {
    List<Draft> drafts = arrivals.all();
    while (true) {
      try {
        return attempt(drafts);
      } catch (SQLException e) {
        if (!PostgresFailures.isPassing(e) || System.nanoTime() - until > 0) {
          throw failure("storing events", e);
        }
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  private List<Outcome> attempt(List<Draft> drafts) throws SQLException {
    PostgresBatch batch = batch(drafts);
    if (!batch.hasKeys()) {
      return storeAlone(batch);
    }
    Session session = pool.begin();
    try {
      batch.findKeys(session);
      List<Outcome> results = store(session, batch);
      commit(session, batch);
      return results;
    } finally {
      PostgresPool.end(session);
    }
  }

  private PostgresBatch batch(List<Draft> drafts) {
    return new PostgresBatch(
        drafts, channels.numbers(drafts), epoch, turns.writer(), turns.next(), clock.millis());
  }

  /** The statement is its own transaction, unless a pooler is in front. */
  private List<Outcome> storeAlone(PostgresBatch batch) throws SQLException {
    List<IdRange> moved;
    Session session = pool.session();
    try {
      moved = batch.store(session);
      PostgresPool.commit(session);
    } catch (SQLException e) {
      if (!PostgresFailures.mayBeCommitted(e)) {
        throw e;
      }
      moved = IdRange.parse(committed(batch, e));
    } finally {
      PostgresPool.end(session);
    }
    done(batch);
    return batch.appended(moved);
  }

  private static List<Outcome> store(Session session, PostgresBatch batch) throws SQLException {
    List<Outcome> results = batch.appended(batch.store(session));
    batch.storeKeys(session);
    return results;
  }

  private void commit(Session session, PostgresBatch batch) throws SQLException {
    try {
      session.connection().commit();
    } catch (SQLException e) {
      committed(batch, e);
    }
    done(batch);
  }

  private void done(PostgresBatch batch) {
    appended.add(batch.size());
    notifier.committed();
  }

  @Override
  public List<Outcome> sequence(long until) {
    try {
      Session session = pool.begin();
      try {
        OutboxRows rows = outbox.read(session);
        if (rows.drafts().isEmpty()) {
          // Only the marks of refused rows are left to commit.
          session.connection().commit();
          return List.of();
        }
        PostgresBatch batch = batch(rows.drafts());
        if (batch.hasKeys()) {
          batch.findKeys(session);
        }
        List<Outcome> results = store(session, batch);
        rows.finish(results);
        commit(session, batch);
        return results;
      } finally {
        PostgresPool.end(session);
      }
    } catch (SQLException e) {
      throw failure("moving events out of the outbox", e);
    }
  }

  /**
   * Finds out whether it was committed, on another connection, for twice the maximum wait for
   * locks.
   *
   * @return the given ids
   * @throws SQLException the cause, if it was not committed and never will be
   */
  private String committed(PostgresBatch batch, SQLException cause) throws SQLException {
    long end = System.nanoTime() + 2 * options.busyTimeout().toNanos();
    while (true) {
      try {
        String moved = pool.write(session -> turns.moved(session, batch.turn()));
        if (moved == null) {
          throw cause;
        }
        return moved;
      } catch (StoreException e) {
        if (System.nanoTime() - end > 0) {
          cause.addSuppressed(e);
          turns.doubt(batch.turn());
          throw new StoreException(
              StoreException.Kind.UNKNOWN_OUTCOME,
              "the connection to the database was lost during a commit, and it did not come back",
              cause);
        }
        LockSupport.parkNanos(PAUSE);
      }
    }
  }

  @Override
  public void watch(News news) {
    PostgresWatcher made = new PostgresWatcher(pool, options.tablePrefix(), turns, news);
    try {
      made.start();
    } catch (SQLException e) {
      throw failure("listening", e);
    }
    watcher = made;
    notifier.start();
  }

  @Override
  public void unwatch() {
    PostgresWatcher known = watcher;
    if (known != null) {
      known.close();
    }
  }

  @Override
  public void trim(Database database) {
    trimmer.trim();
  }

  /** The server removes the bytes of dead rows from its files itself (VACUUM). */
  @Override
  public void wipe() {}

  @Override
  public Page page(String channel, long after, long upTo, PageLimit limit) {
    return pool.read(session -> PostgresReads.page(session, channel, after, upTo, limit));
  }

  @Override
  public Map<String, Head> heads(Collection<String> channels) {
    return pool.read(session -> PostgresReads.heads(session, channels));
  }

  @Override
  public List<String> channels(String prefix, int limit) {
    return pool.read(session -> ChannelNameRange.of(session, prefix, limit));
  }

  @Override
  public void enqueue(Connection connection, Draft draft) throws SQLException {
    outbox.put(connection, draft, epoch);
  }

  @Override
  public StoreException failure(String doing, SQLException cause) {
    return PostgresFailures.of(doing, cause);
  }

  @Override
  public Session reader() {
    Session session = alone();
    try {
      session.connection().setReadOnly(true);
      session.connection().setAutoCommit(false);
      return session;
    } catch (SQLException e) {
      session.discard();
      throw failure("connecting", e);
    }
  }

  private Session alone() {
    try {
      return new Session(pool.patient(), options.tablePrefix());
    } catch (SQLException e) {
      throw failure("connecting", e);
    }
  }

  /** Each step is committed without waiting for the disk, but for the last one. */
  @Override
  public CopyTarget target() {
    pool.connect();
    new PostgresSchema(pool, options.tablePrefix()).migrate();
    adjustClock();
    Session session = alone();
    try {
      session.update("SET synchronous_commit = off");
      session.connection().setAutoCommit(false);
      return new SqlTarget(
          this,
          session,
          new PostgresCopyWriter(
              options.tablePrefix(),
              clock.millis(),
              PostgresTrimmer.slotMillis(options.retention().ttl().toMillis())),
          clock);
    } catch (SQLException e) {
      session.discard();
      throw failure("connecting", e);
    }
  }

  /** Numbers are given before the commit, which follows within a few seconds or never. */
  @Override
  public Duration unsettled() {
    return Duration.ofSeconds(30);
  }

  @Override
  public void close() {
    notifier.close();
    pool.close();
  }
}
