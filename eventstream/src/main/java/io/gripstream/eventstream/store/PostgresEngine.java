package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Draft;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private final PostgresAppender appender;
  private final PostgresNotifier notifier;
  private final PostgresTrimmer trimmer;
  private final PostgresOutbox outbox;
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
    this.appender = new PostgresAppender(clock, turns);
    this.notifier = new PostgresNotifier(pool);
    this.trimmer = new PostgresTrimmer(
        pool, clock, options.tablePrefix(), options.retention(), appender::appended);
    this.outbox = new PostgresOutbox(options.tablePrefix());
  }

  @Override
  public String open() {
    epoch = new PostgresSchema(pool, options.tablePrefix()).migrate();
    appender.opened(epoch);
    adjustClock();
    return epoch;
  }

  @Override
  public String renewEpoch() {
    return new PostgresSchema(pool, options.tablePrefix()).renewEpoch();
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void adjustClock() {
    if (clock instanceof DatabaseClock shared) {
      pool.read(session -> {
        shared.adjust(session);
        return true;
      });
    }
  }

  @Override
  public Database database(GroupCommit writer) {
    return pool;
  }

  /** Nothing to wait for: the rows that are needed are locked once it is known which. */
  @Override
  public void begin(long until) {}

  /** Tries again while that may help: a server that restarts costs time, not events. */
  @Override
  public List<Appended> append(Arrivals arrivals, long until) {
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

  private List<Appended> attempt(List<Draft> drafts) throws SQLException {
    ChannelNumbers numbers = channels.numbers(drafts);
    Session session = pool.begin();
    try {
      long turn = turns.next();
      List<Appended> results = appender.append(session, drafts, numbers, turn);
      commit(session, turn);
      return results;
    } finally {
      PostgresPool.end(session);
    }
  }

  @Override
  public List<Appended> sequence(long until) {
    try {
      Session session = pool.begin();
      try {
        long turn = turns.next();
        List<Draft> drafts = outbox.take(session);
        List<Appended> results = drafts.isEmpty()
            ? List.of()
            : appender.append(session, drafts, channels.numbers(drafts), turn);
        commit(session, turn);
        return results;
      } finally {
        PostgresPool.end(session);
      }
    } catch (SQLException e) {
      throw failure("moving events out of the outbox", e);
    }
  }

  /** Returns if it was committed, and throws an {@link SQLException} if it surely was not. */
  private void commit(Session session, long turn) throws SQLException {
    try {
      session.connection().commit();
    } catch (SQLException e) {
      if (!wasCommitted(turn, e)) {
        throw e;
      }
    }
    notifier.committed();
  }

  /** Finds out on another connection, for twice the time that others' locks are waited for. */
  private boolean wasCommitted(long turn, SQLException cause) {
    long end = System.nanoTime() + 2 * options.busyTimeout().toNanos();
    while (true) {
      try {
        return pool.write(session -> turns.moved(session, turn)) != null;
      } catch (StoreException e) {
        if (System.nanoTime() - end > 0) {
          cause.addSuppressed(e);
          turns.doubt(turn);
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

  @Override
  public Page page(String channel, long after, long upTo, PageLimit limit) {
    return pool.read(session -> PostgresReads.page(session, channel, after, upTo, limit));
  }

  @Override
  public Map<String, Head> heads(Collection<String> channels) {
    return pool.read(session -> PostgresReads.heads(session, channels));
  }

  @Override
  public void enqueue(Connection connection, Draft draft) throws SQLException {
    outbox.put(connection, draft, epoch);
  }

  @Override
  public StoreException failure(String doing, SQLException cause) {
    return PostgresFailures.of(doing, cause);
  }

  /** Numbers are given before the commit, which follows within a few seconds, or never. */
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
