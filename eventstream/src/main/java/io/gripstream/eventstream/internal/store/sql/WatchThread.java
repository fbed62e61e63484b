package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.grip.internal.Threads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that looks at a database repeatedly, on its own connection, and makes a new one when
 * it breaks.
 */
public final class WatchThread implements AutoCloseable {
  private final Look look;
  private final Duration reconnect;
  private final Thread thread = Threads.daemon("gripstream-store-watcher", this::run);
  private @Nullable Session session;
  private volatile boolean isEnded;

  /** The work of the thread, which alone calls it, except for the first connection. */
  public interface Look {
    Session connect() throws SQLException;

    /** Connecting or looking failed, and is tried again. */
    void failed(SQLException cause);

    /** Looks once, and waits a while. */
    void look(Session session) throws SQLException;
  }

  /** @param reconnect pause after a failure */
  public WatchThread(Look look, Duration reconnect) {
    this.look = look;
    this.reconnect = reconnect;
  }

  /** The work before the first look, on the caller's thread. */
  public interface Beginning {
    void in(Session session) throws SQLException;
  }

  /** Connects and starts. If that fails, no connection is left. */
  public void start(Beginning beginning) throws SQLException {
    try {
      beginning.in(session());
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
    thread.start();
  }

  private void run() {
    while (!isEnded) {
      try {
        look.look(session());
      } catch (SQLException e) {
        if (!isEnded) {
          look.failed(e);
        }
        again();
      } catch (Throwable e) {
        Threads.met(e);
        again();
      }
    }
    disconnect();
  }

  private void again() {
    disconnect();
    LockSupport.parkNanos(reconnect.toNanos());
  }

  private Session session() throws SQLException {
    Session known = session;
    if (known == null) {
      known = look.connect();
      session = known;
    }
    return known;
  }

  private void disconnect() {
    Session known = session;
    session = null;
    if (known != null) {
      known.discard();
    }
  }

  /** Blocks until it has ended. */
  @Override
  public void close() {
    isEnded = true;
    LockSupport.unpark(thread);
    Threads.join(thread);
    // The thread may never have been started.
    disconnect();
  }
}
