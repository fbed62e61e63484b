package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.grip.internal.Threads;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes other processes after commits, with at most one notification in 10 ms. It contains only its
 * sender, which does not have to look itself. It is not a part of the appending transaction,
 * because PostgreSQL commits transactions with notifications one after another.
 */
final class PostgresNotifier {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifier.class);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

  private final PostgresPool pool;
  private final String statement;
  private final Thread thread = Threads.daemon("gripstream-store-notifier", this::run);
  private volatile boolean isWanted;
  private volatile boolean isEnded;

  /** @param self the number of this process's writer */
  PostgresNotifier(PostgresPool pool, long self) {
    this.pool = pool;
    this.statement = "NOTIFY $batch, '" + self + "'";
  }

  void start() {
    thread.start();
  }

  /** Notes a commit. Never blocks. */
  void committed() {
    if (!isWanted) {
      isWanted = true;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!isEnded) {
      if (!isWanted) {
        LockSupport.park(this);
        continue;
      }
      isWanted = false;
      try {
        pool.execute(statement);
      } catch (SQLException e) {
        // Others look by themselves every second.
        LOG.debug("Could not wake other processes", e);
      } catch (Throwable e) {
        Threads.met(e);
      }
      pause();
    }
  }

  /** Commits during the pause share one notification. */
  private void pause() {
    long end = System.nanoTime() + PAUSE;
    for (long left = PAUSE; left > 0 && !isEnded; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  void close() {
    isEnded = true;
    LockSupport.unpark(thread);
    Threads.join(thread);
  }
}
