package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.internal.store.sql.Database;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The turn to remove old events, which one process has at a time, and the database for its work. A
 * transaction that does nothing else holds the turn. So the turn ends with this process in every
 * case, and a pooler gives the connection to no one else. It does not delay VACUUM.
 *
 * <p>The server ends a transaction that is idle for long, as that of a process that hangs. So each
 * use of the database also uses the transaction, at most once a second. Used by one thread.
 */
final class TrimTurn implements Database {
  private static final String TAKE =
      "SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))::int";

  /** Longer than the server allows for a statement, during which the transaction is idle. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private static final long RENEWAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final PostgresPool pool;
  private final String name;
  private @Nullable Session holder;
  private long used;

  /** @param name the same for all processes that share the turn */
  TrimTurn(PostgresPool pool, String name) {
    this.pool = pool;
    this.name = name;
  }

  /** Returns whether no other process has it. Call {@link #end} in any case. */
  boolean take() throws SQLException {
    Session session = pool.begin();
    holder = session;
    session.update("SET LOCAL idle_in_transaction_session_timeout = " + IDLE.toMillis());
    used = System.nanoTime();
    return session.number(TAKE, 0, name) == 1;
  }

  void end() {
    Session known = holder;
    holder = null;
    if (known != null) {
      PostgresPool.end(known);
    }
  }

  @Override
  public <T extends @Nullable Object> T read(Work<T> work) {
    renew();
    return pool.read(work);
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) {
    renew();
    return pool.write(work);
  }

  @Override
  public <T extends @Nullable Object> T writeLazily(Work<T> work) {
    renew();
    return pool.writeLazily(work);
  }

  private void renew() {
    Session known = holder;
    if (known == null || System.nanoTime() - used < RENEWAL_NANOS) {
      return;
    }
    used = System.nanoTime();
    try {
      known.number("SELECT 1", 0);
    } catch (SQLException e) {
      throw PostgresFailures.of("removing old events", e);
    }
  }
}
