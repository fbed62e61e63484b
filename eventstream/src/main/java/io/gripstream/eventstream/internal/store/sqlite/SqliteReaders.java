package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.internal.store.sql.Database;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.store.StoreException;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A few reading connections, made on demand. Thread-safe. */
final class SqliteReaders {
  private static final int MOST = Math.max(4, Runtime.getRuntime().availableProcessors());
  private static final long PATIENCE_SECONDS = 5;

  private final SqliteFile file;
  private final String prefix;
  private final Semaphore permits = new Semaphore(MOST);
  private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean isClosed;

  SqliteReaders(SqliteFile file, String prefix) {
    this.file = file;
    this.prefix = prefix;
  }

  /**
   * Reads in one snapshot.
   *
   * @throws StoreException {@code CLOSED} after {@link #close}
   */
  <T extends @Nullable Object> T read(Database.Work<T> work) {
    acquire();
    try {
      // A new connection would make the files again, which may have been removed.
      if (isClosed) {
        throw StoreException.closed();
      }
      Session session = idle.pollFirst();
      if (session == null) {
        session = new Session(file.reader(), prefix);
      }
      T result;
      try {
        result = atSnapshot(session, work);
      } catch (SQLException | RuntimeException e) {
        // Its state is unknown, and a new one is cheap.
        session.discard();
        throw e;
      }
      idle.addFirst(session);
      if (isClosed) {
        closeIdle();
      }
      return result;
    } catch (SQLException e) {
      throw SqliteFailures.of(file.path().toString(), "reading", e);
    } finally {
      permits.release();
    }
  }

  private static <T extends @Nullable Object> T atSnapshot(Session session, Database.Work<T> work)
      throws SQLException {
    session.statement("BEGIN").execute();
    T result = work.in(session);
    session.statement("COMMIT").execute();
    return result;
  }

  private void acquire() {
    try {
      if (permits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(StoreException.Kind.BUSY, "interrupted while waiting to read", e);
    }
    throw new StoreException(
        StoreException.Kind.BUSY, "too many threads read the event store at once", null);
  }

  /** Lets current reads end, for at most 5 s. */
  void close() {
    isClosed = true;
    try {
      if (permits.tryAcquire(MOST, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        permits.release(MOST);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeIdle();
  }

  private void closeIdle() {
    Session session = idle.pollFirst();
    while (session != null) {
      session.discard();
      session = idle.pollFirst();
    }
  }
}
