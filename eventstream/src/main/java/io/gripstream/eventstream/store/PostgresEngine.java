package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Draft;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
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
  private static final long RESOLVING = TimeUnit.SECONDS.toNanos(10);

  private final StoreOptions options;
  private final long self = new SecureRandom().nextLong();
  private final PostgresPool pool;
  private final PostgresChannels channels;
  private final PostgresAppender appender;
  private final PostgresNotifier notifier;
  private final PostgresTrimmer trimmer;
  private final PostgresOutbox outbox;
  private @Nullable PostgresWatcher watcher;
  private volatile String epoch = "";
  private long turn;

  PostgresEngine(String url, StoreOptions options) {
    this.options = options;
    this.pool = new PostgresPool(url, options);
    this.channels = new PostgresChannels(pool);
    this.appender = new PostgresAppender(options.clock(), self);
    this.notifier = new PostgresNotifier(pool);
    this.trimmer = new PostgresTrimmer(
        pool, options.clock(), options.tablePrefix(), options.retention(), appender::appended);
    this.outbox = new PostgresOutbox(options.tablePrefix());
  }

  @Override
  public String open() {
    epoch = new PostgresSchema(pool, options.tablePrefix()).migrate();
    return epoch;
  }

  @Override
  public String renewEpoch() {
    return new PostgresSchema(pool, options.tablePrefix()).renewEpoch();
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
  public List<Appended> append(List<Draft> drafts, long until) {
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
      List<Appended> results = appender.append(session, drafts, numbers, ++turn);
      commit(session);
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
        List<Draft> drafts = outbox.take(session);
        List<Appended> results = drafts.isEmpty()
            ? List.of()
            : appender.append(session, drafts, channels.numbers(drafts), ++turn);
        commit(session);
        return results;
      } finally {
        PostgresPool.end(session);
      }
    } catch (SQLException e) {
      throw failure("moving events out of the outbox", e);
    }
  }

  /** Returns if it was committed, and throws an {@link SQLException} if it surely was not. */
  private void commit(Session session) throws SQLException {
    try {
      session.connection().commit();
    } catch (SQLException e) {
      if (!wasCommitted(e)) {
        throw e;
      }
    }
    notifier.committed();
  }

  /**
   * Finds out on another connection what became of the last turn, by taking its place: if the batch
   * row can be inserted, the transaction was not committed and never will be. Waits for the
   * transaction if it is still under way.
   */
  private boolean wasCommitted(SQLException cause) {
    long end = System.nanoTime() + RESOLVING;
    while (true) {
      try {
        return pool.write(session -> {
          session.update("""
              INSERT INTO $batch (writer, turn, at, moved) VALUES (?, ?, ?, '')
              ON CONFLICT (writer, turn) DO NOTHING""", self, turn, options.clock().millis());
          return session.number(
                  "SELECT 1 FROM $batch WHERE writer = ? AND turn = ? AND moved <> ''",
                  0,
                  self,
                  turn)
              == 1;
        });
      } catch (StoreException e) {
        if (System.nanoTime() - end > 0) {
          cause.addSuppressed(e);
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
    PostgresWatcher made = new PostgresWatcher(pool, options.tablePrefix(), self, news);
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
