package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.internal.store.sql.BatchNews;
import io.gripstream.eventstream.internal.store.sql.Engine;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.internal.store.sql.WatchThread;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Checks every 25 ms, on its own connection, whether the file was written: SQLite counts writes
 * without touching the disk. After a write it reads the batches.
 */
final class SqliteWatcher implements WatchThread.Look {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long OUTBOX_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration RECONNECT = Duration.ofMillis(500);

  private final SqliteFile file;
  private final String prefix;
  private final Engine.News news;
  private final BatchNews batches;
  private final WatchThread thread = new WatchThread(this, RECONNECT);
  private long dataVersion = -1;
  private long outboxLooked = System.nanoTime() - OUTBOX_NANOS;

  SqliteWatcher(SqliteFile file, String prefix, long self, Engine.News news) {
    this.file = file;
    this.prefix = prefix;
    this.news = news;
    this.batches = new BatchNews(self, news);
  }

  /** From now on no change is missed. */
  void start() throws SQLException {
    thread.start(session -> batches.start(session, 0));
  }

  @Override
  public Session connect() throws SQLException {
    dataVersion = -1;
    return new Session(file.reader(), prefix);
  }

  @Override
  public void failed(SQLException cause) {
    news.failing(cause);
  }

  @Override
  public void look(Session session) throws SQLException {
    long version = session.number("PRAGMA data_version", -1);
    long now = System.nanoTime();
    boolean changed = version != dataVersion;
    if (changed) {
      batches.tell(session);
      dataVersion = version;
    }
    // A look at the outbox from time to time repairs a failed attempt.
    if (changed || now - outboxLooked >= OUTBOX_NANOS) {
      outboxLooked = now;
      if (session.number("SELECT EXISTS (SELECT 1 FROM $outbox WHERE refused IS NULL)", 0) == 1) {
        news.outbox();
      }
    }
    LockSupport.parkNanos(INTERVAL_NANOS);
  }

  void close() {
    thread.close();
  }
}
