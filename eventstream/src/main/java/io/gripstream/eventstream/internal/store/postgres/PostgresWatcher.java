package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.internal.store.sql.BatchNews;
import io.gripstream.eventstream.internal.store.sql.Engine;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.internal.store.sql.WatchThread;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens for wake-ups of other processes, on its own connection, and looks by itself each second.
 * It looks twenty times a second for rows in the outbox. Commits of callers do not notify, because
 * that would make them wait for each other. Behind a pooler it cannot listen, so it looks for both
 * twenty times a second.
 */
final class PostgresWatcher implements WatchThread.Look {
  private static final long OUTBOX_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration RECONNECT = Duration.ofMillis(250);

  /** Transactions with slightly lower numbers may be about to commit. */
  private static final int SLACK = 50;

  private final PostgresPool pool;
  private final String prefix;
  private final PostgresTurns turns;
  private final Engine.News news;
  private final BatchNews batches;
  private final WatchThread thread = new WatchThread(this, RECONNECT);
  private final String own;
  private long looked;
  private long outboxLooked = System.nanoTime() - OUTBOX_NANOS;

  PostgresWatcher(PostgresPool pool, String prefix, PostgresTurns turns, Engine.News news) {
    this.pool = pool;
    this.prefix = prefix;
    this.turns = turns;
    this.news = news;
    this.own = String.valueOf(turns.writer());
    this.batches = new BatchNews(turns.writer(), news);
  }

  /** From now on no change is missed. */
  void start() throws SQLException {
    thread.start(session -> batches.start(session, SLACK));
  }

  @Override
  public Session connect() throws SQLException {
    Connection connection = pool.single();
    // Notifications before this moment are lost: look immediately.
    looked = System.nanoTime() - LOOK_NANOS;
    if (pool.isBehindPooler()) {
      return new Session(connection, prefix);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + prefix + "batch");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return new Session(connection, prefix);
  }

  @Override
  public void failed(SQLException cause) {
    pool.away(true);
    news.failing(cause);
  }

  @Override
  public void look(Session session) throws SQLException {
    long patience = OUTBOX_NANOS - (System.nanoTime() - outboxLooked);
    if (await(session, patience) || System.nanoTime() - looked > LOOK_NANOS) {
      looked = System.nanoTime();
      batches.tell(session);
    }
    pool.away(false);
    if (System.nanoTime() - outboxLooked < OUTBOX_NANOS) {
      return;
    }
    outboxLooked = System.nanoTime();
    batches.tell(session, turns.settled(session));
    if (session.number("SELECT 1 FROM $outbox WHERE refused IS NULL LIMIT 1", 0) == 1) {
      news.outbox();
    }
  }

  /** Whether another process woke it. Its own notifications do not count. */
  private boolean await(Session session, long nanos) throws SQLException {
    if (pool.isBehindPooler()) {
      LockSupport.parkNanos(nanos);
      return true;
    }
    PGNotification[] notified = session
        .connection()
        .unwrap(PGConnection.class)
        .getNotifications((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    return notified != null && !Stream.of(notified).allMatch(one -> own.equals(one.getParameter()));
  }

  void close() {
    thread.close();
  }
}
