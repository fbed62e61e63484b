package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.internal.store.sql.Arrivals;
import io.gripstream.eventstream.internal.store.sql.ChannelNameRange;
import io.gripstream.eventstream.internal.store.sql.Database;
import io.gripstream.eventstream.internal.store.sql.Engine;
import io.gripstream.eventstream.internal.store.sql.OutboxRows;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.internal.store.sql.SqlTarget;
import io.gripstream.eventstream.internal.store.sql.UnfinishedCopy;
import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.BusyHandler;

/** SQLite: one connection that writes, a few that read, one that watches. */
final class SqliteEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteEngine.class);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long SHORTEST_PAUSE = TimeUnit.MICROSECONDS.toNanos(50);

  private final SqliteFile file;
  private final StoreOptions options;
  private final long self = new SecureRandom().nextLong();
  private final SqliteReaders readers;
  private final SqliteAppender appender;
  private final SqliteOutbox outbox;
  private final KeptHistory kept;
  private final SqliteTrimmer trimmer;
  private @Nullable SqliteWatcher watcher;
  private @Nullable Session writing;
  private volatile long waitUntil;

  SqliteEngine(Path path, StoreOptions options) {
    this.file = new SqliteFile(path, options.durability());
    this.options = options;
    this.readers = new SqliteReaders(file, options.tablePrefix());
    this.appender = new SqliteAppender(options.clock(), self);
    this.outbox = new SqliteOutbox(file.path(), options.tablePrefix());
    this.kept = new KeptHistory(options.retention());
    this.trimmer = new SqliteTrimmer(options.clock(), kept, appender::appended);
  }

  @Override
  public String open() {
    String epoch = new SqliteSchema(file, options.tablePrefix()).migrate();
    try {
      file.opened();
      UnfinishedCopy.check(session());
    } catch (SQLException e) {
      throw failure("opening", e);
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          file.path() + " does not exist any more; was it removed while it was opened?",
          e);
    }
    appender.opened(epoch);
    return epoch;
  }

  @Override
  public String renewEpoch() {
    open();
    return new SqliteSchema(file, options.tablePrefix()).renewEpoch();
  }

  @Override
  public boolean isInUse() {
    try {
      return file.isOpenElsewhere();
    } catch (SQLException e) {
      throw SqliteFailures.of(file.path().toString(), "looking who has it open", e);
    }
  }

  @Override
  public List<String> remarks() {
    return List.of();
  }

  @Override
  public Clock clock() {
    return options.clock();
  }

  @Override
  public KeptHistory kept() {
    return kept;
  }

  /** There is one file, one machine and one clock. */
  @Override
  public void adjustClock() {}

  @Override
  public Database database(Writer writer) {
    return new Database() {
      @Override
      public <T extends @Nullable Object> T read(Work<T> work) {
        return readers.read(work);
      }

      @Override
      public <T extends @Nullable Object> T write(Work<T> work) {
        return writer.call(() -> writeNow(work));
      }

      @Override
      public <T extends @Nullable Object> T writeLazily(Work<T> work) {
        return writer.call(() -> withoutWaitingForTheDisk(() -> writeNow(work)));
      }
    };
  }

  @Override
  public void begin(long until) {
    waitUntil = until;
    file.checkInPlace();
    try {
      session().statement("BEGIN IMMEDIATE").execute();
    } catch (SQLException e) {
      throw broken("waiting to write", e);
    }
  }

  @Override
  public List<Outcome> append(Arrivals drafts, long until) {
    return committed("storing events", session -> appender.append(session, drafts));
  }

  @Override
  public List<Outcome> sequence(long until) {
    begin(until);
    return committed("moving events out of the outbox", session -> {
      OutboxRows rows = outbox.read(session);
      List<Outcome> outcomes = appender.append(session, Arrivals.of(rows.drafts()));
      rows.finish(outcomes);
      return outcomes;
    });
  }

  private <T extends @Nullable Object> T writeNow(Database.Work<T> work) {
    begin(System.nanoTime() + options.busyTimeout().toNanos());
    return committed("writing", work);
  }

  private <T extends @Nullable Object> T withoutWaitingForTheDisk(Supplier<T> work) {
    try {
      session().statement("PRAGMA synchronous = NORMAL").execute();
      try {
        return work.get();
      } finally {
        Session known = writing;
        if (known != null && options.durability() == Durability.FULL) {
          known.statement("PRAGMA synchronous = FULL").execute();
        }
      }
    } catch (SQLException e) {
      throw broken("changing the durability", e);
    }
  }

  private <T extends @Nullable Object> T committed(String doing, Database.Work<T> work) {
    try {
      Session session = session();
      T result = work.in(session);
      commit(session, doing);
      return result;
    } catch (SQLException e) {
      throw broken(doing, e);
    } catch (RuntimeException e) {
      rollBack();
      throw e;
    }
  }

  /** On SQLite the result is unknown only if the disk fails. */
  private void commit(Session session, String doing) throws SQLException {
    try {
      session.statement("COMMIT").execute();
    } catch (SQLException e) {
      if (SqliteFailures.isDiskFailure(e)) {
        StoreException failed = broken(doing, e);
        throw new StoreException(
            StoreException.Kind.UNKNOWN_OUTCOME, String.valueOf(failed.getMessage()), failed);
      }
      throw e;
    }
  }

  /** Nothing was committed. */
  private StoreException broken(String doing, SQLException cause) {
    rollBack();
    if (!SqliteFailures.isBusy(cause)) {
      closeWriter();
    }
    return failure(doing, cause);
  }

  private void rollBack() {
    appender.forget();
    try {
      Session session = writing;
      if (session != null) {
        session.statement("ROLLBACK").execute();
      }
    } catch (SQLException ignored) {
      // SQLite has rolled back itself, or nothing was begun.
    }
  }

  private Session session() throws SQLException {
    Session known = writing;
    if (known == null) {
      Connection connection = file.writer();
      BusyHandler.setHandler(connection, new Patience());
      known = new Session(connection, options.tablePrefix());
      writing = known;
    }
    return known;
  }

  /** Asks again soon: SQLite's own pauses grow to a tenth of a second. */
  private final class Patience extends BusyHandler {
    @Override
    protected int callback(int asked) {
      if (System.nanoTime() - waitUntil >= 0) {
        return 0;
      }
      LockSupport.parkNanos(Math.min(LONGEST_PAUSE, SHORTEST_PAUSE << Math.min(asked, 10)));
      return 1;
    }
  }

  @Override
  public void watch(News news) {
    SqliteWatcher made = new SqliteWatcher(file, options.tablePrefix(), self, news);
    try {
      made.start();
    } catch (SQLException e) {
      throw failure("watching", e);
    }
    watcher = made;
  }

  @Override
  public void unwatch() {
    SqliteWatcher known = watcher;
    if (known != null) {
      known.close();
    }
  }

  @Override
  public void trim(Database database) {
    trimmer.trim(database);
  }

  /** Deleted data is zero in the file by now; the log still contains older writes. */
  @Override
  public void wipe() {
    try {
      if (!file.emptyLog(options.busyTimeout())) {
        LOG.warn(
            "Forgotten events stay in {}-wal until it is overwritten: a program reads the database"
                + " without a pause",
            file.path());
      }
    } catch (SQLException e) {
      throw failure("emptying the log", e);
    }
  }

  @Override
  public Page page(String channel, long after, long upTo, PageLimit limit) {
    return readers.read(session -> SqliteReads.page(session, channel, after, upTo, limit));
  }

  @Override
  public Map<String, Head> heads(Collection<String> channels) {
    return readers.read(session -> SqliteReads.heads(session, channels));
  }

  @Override
  public List<String> channels(String prefix, int limit) {
    return readers.read(session -> ChannelNameRange.of(session, prefix, limit));
  }

  @Override
  public void enqueue(Connection connection, Draft draft) throws SQLException {
    outbox.put(connection, draft);
  }

  @Override
  public StoreException failure(String doing, SQLException cause) {
    return SqliteFailures.of(file.path().toString(), doing, cause);
  }

  @Override
  public Session reader() {
    try {
      Session session = new Session(file.existing(), options.tablePrefix());
      session.connection().setAutoCommit(false);
      return session;
    } catch (SQLException e) {
      throw failure("opening", e);
    }
  }

  @Override
  public CopyTarget target() {
    new SqliteSchema(file, options.tablePrefix()).migrate();
    try {
      Session session = new Session(file.writer(), options.tablePrefix());
      session.update("PRAGMA synchronous = NORMAL");
      session.connection().setAutoCommit(false);
      return new SqlTarget(
          this,
          session,
          new SqliteCopyWriter(
              file, options.clock().millis(), options.retention().ttl(), options.busyTimeout()),
          options.clock());
    } catch (SQLException e) {
      throw failure("opening", e);
    }
  }

  /** Zero: numbers are given under the one write lock. */
  @Override
  public Duration unsettled() {
    return Duration.ZERO;
  }

  @Override
  public void close() {
    readers.close();
    closeWriter();
  }

  private void closeWriter() {
    Session known = writing;
    writing = null;
    if (known != null) {
      known.discard();
    }
  }
}
