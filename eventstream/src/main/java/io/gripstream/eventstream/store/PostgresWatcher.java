package io.gripstream.eventstream.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, on a connection of its own, for the wake-ups of other processes, and looks by itself
 * each second; and looks twenty times a second whether rows wait in the outbox. The commits of
 * callers do not notify: that would make them wait for each other.
 */
final class PostgresWatcher {
  private static final Logger log = LoggerFactory.getLogger(PostgresWatcher.class);
  private static final int OUTBOX_MILLIS = 50;
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int MOST_BATCHES = 2_000;

  private final PostgresPool pool;
  private final String prefix;
  private final long self;
  private final Engine.News news;
  private final Thread thread = new Thread(this::run, "gripstream-store-watcher");
  private final ChannelCache<Long, String> names = new ChannelCache<>();
  private final BatchGaps gaps = new BatchGaps();
  private @Nullable Session session;
  private long looked;
  private volatile boolean ended;

  private record Batch(long id, long writer, String moved) {}

  PostgresWatcher(PostgresPool pool, String prefix, long self, Engine.News news) {
    this.pool = pool;
    this.prefix = prefix;
    this.self = self;
    this.news = news;
  }

  /** From now on nothing is missed. */
  void start() throws SQLException {
    Session first = connect();
    session = first;
    gaps.startAfter(recent(first));
    looked = System.nanoTime();
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!ended) {
      try {
        look(open());
      } catch (SQLException e) {
        if (!ended) {
          log.warn("Cannot see what other processes store, trying again: {}", e.getMessage());
        }
        disconnect();
        LockSupport.parkNanos(RECONNECT_NANOS);
      }
    }
    disconnect();
  }

  private void look(Session open) throws SQLException {
    PGNotification[] woken =
        open.connection().unwrap(PGConnection.class).getNotifications(OUTBOX_MILLIS);
    boolean isWoken = woken != null && woken.length > 0;
    if (isWoken || System.nanoTime() - looked > LOOK_NANOS) {
      looked = System.nanoTime();
      tellChannels(open);
    }
    if (open.number("SELECT 1 FROM $outbox WHERE refused IS NULL LIMIT 1", 0) == 1) {
      news.outbox();
    }
  }

  private void tellChannels(Session open) throws SQLException {
    List<Batch> batches = open.list(
        "SELECT id, writer, moved FROM $batch WHERE id > ? OR id = ANY (?) ORDER BY id LIMIT ?",
        row -> new Batch(row.getLong(1), row.getLong(2), row.getString(3)),
        gaps.last(),
        open.connection()
            .createArrayOf("bigint", gaps.missing(System.nanoTime()).toArray()),
        MOST_BATCHES);
    if (batches.size() == MOST_BATCHES) {
      gaps.startAfter(recent(open));
      news.anything();
      return;
    }
    Set<Long> channels = new HashSet<>();
    for (Batch batch : batches) {
      gaps.seen(batch.id, System.nanoTime());
      if (batch.writer != self) {
        Moved.parse(batch.moved).forEach(moved -> channels.add(moved.channel()));
      }
    }
    if (!channels.isEmpty()) {
      news.channels(names(open, channels));
    }
  }

  /** Not quite the newest: transactions with slightly lower numbers may be about to commit. */
  private static long recent(Session open) throws SQLException {
    return Math.max(0, open.number("SELECT coalesce(max(id), 0) - 50 FROM $batch", 0));
  }

  private Set<String> names(Session open, Set<Long> channels) throws SQLException {
    Set<String> found = new HashSet<>();
    Set<Long> unknown = new HashSet<>();
    for (long channel : channels) {
      String name = names.get(channel);
      if (name == null) {
        unknown.add(channel);
      } else {
        found.add(name);
      }
    }
    if (!unknown.isEmpty()) {
      Map<Long, String> asked = new HashMap<>();
      open.list(
              "SELECT no, name FROM $channel WHERE no = ANY (?)",
              row -> Map.entry(row.getLong(1), row.getString(2)),
              open.connection().createArrayOf("bigint", unknown.toArray()))
          .forEach(entry -> asked.put(entry.getKey(), entry.getValue()));
      asked.forEach(names::put);
      found.addAll(asked.values());
    }
    return found;
  }

  private Session open() throws SQLException {
    Session known = session;
    if (known == null) {
      known = connect();
      session = known;
      // Whatever was notified meanwhile is lost: look at once.
      looked = System.nanoTime() - LOOK_NANOS;
    }
    return known;
  }

  private Session connect() throws SQLException {
    Connection connection = pool.single();
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + prefix + "batch");
      return new Session(connection, prefix);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void disconnect() {
    Session known = session;
    session = null;
    if (known != null) {
      SqliteReaders.discard(known);
    }
  }

  /** Blocks until it has ended. */
  void close() {
    ended = true;
    Joining.join(thread);
  }
}
