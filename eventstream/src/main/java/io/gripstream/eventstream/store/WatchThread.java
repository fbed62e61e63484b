package io.gripstream.eventstream.store;

import io.gripstream.grip.internal.Threads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that looks at a database again and again, on a connection of its own, and makes a new
 * one when it breaks. The first failure of a row is logged.
 */
final class WatchThread implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WatchThread.class);

  private final Look look;
  private final Duration reconnect;
  private final Thread thread = Threads.daemon("gripstream-store-watcher", this::run);
  private @Nullable Session session;
  private boolean failing;
  private volatile boolean ended;

  /** What is to be seen. Only the thread calls it, but for the first connection. */
  interface Look {
    Session connect() throws SQLException;

    /** Looks once, and waits for a while. */
    void look(Session session) throws SQLException;
  }

  /** @param reconnect the pause after a failure */
  WatchThread(Look look, Duration reconnect) {
    this.look = look;
    this.reconnect = reconnect;
  }

  /** Connects, and returns the connection, which nobody uses before {@link #start}. */
  Session connect() throws SQLException {
    Session first = look.connect();
    session = first;
    return first;
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!ended) {
      try {
        look.look(session());
        failing = false;
      } catch (SQLException e) {
        if (!failing && !ended) {
          log.warn("Cannot see what other processes store, trying again: {}", e.getMessage());
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
    failing = true;
    disconnect();
    LockSupport.parkNanos(reconnect.toNanos());
  }

  private Session session() throws SQLException {
    Session known = session;
    return known == null ? connect() : known;
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
    ended = true;
    LockSupport.unpark(thread);
    Joining.join(thread);
    // It may never have been started.
    disconnect();
  }
}
