package io.gripstream.eventstream.store;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every 25 ms, on a connection of its own, whether anybody wrote: SQLite counts that without
 * touching the disk. Only then the batches are read.
 */
final class SqliteWatcher {
  private static final Logger log = LoggerFactory.getLogger(SqliteWatcher.class);
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long OUTBOX_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST_BATCHES = 2_000;

  private final SqliteFile file;
  private final String prefix;
  private final long self;
  private final Engine.News news;
  private final Thread thread = new Thread(this::run, "gripstream-store-watcher");
  private final ChannelCache<Long, String> names = new ChannelCache<>();
  private @Nullable Session session;
  private long dataVersion = -1;
  private long lastBatch;
  private long outboxLooked = System.nanoTime();
  private volatile boolean ended;

  private record Batch(long id, boolean own, String moved) {}

  SqliteWatcher(SqliteFile file, String prefix, long self, Engine.News news) {
    this.file = file;
    this.prefix = prefix;
    this.self = self;
    this.news = news;
  }

  /** From now on nothing is missed. */
  void start() throws SQLException {
    Session first = new Session(file.reader(), prefix);
    session = first;
    lastBatch = newest(first);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    news.outbox();
    while (!ended) {
      LockSupport.parkNanos(INTERVAL_NANOS);
      try {
        look(open());
      } catch (SQLException e) {
        log.warn("Cannot see what other processes store: {}", e.getMessage());
        reopen();
      }
    }
    closeSession();
  }

  private void look(Session open) throws SQLException {
    long version = open.number("PRAGMA data_version", -1);
    long now = System.nanoTime();
    // Looking at the outbox again now and then makes good for an attempt that failed.
    boolean changed = version != dataVersion;
    if (!changed && now - outboxLooked < OUTBOX_NANOS) {
      return;
    }
    if (changed) {
      tellChannels(open);
      dataVersion = version;
    }
    outboxLooked = now;
    if (open.number("SELECT EXISTS (SELECT 1 FROM $outbox WHERE refused IS NULL)", 0) == 1) {
      news.outbox();
    }
  }

  private void tellChannels(Session open) throws SQLException {
    List<Batch> batches = open.list(
        "SELECT id, writer = ?, moved FROM $batch WHERE id > ? ORDER BY id LIMIT ?",
        row -> new Batch(row.getLong(1), row.getLong(2) == 1, row.getString(3)),
        self,
        lastBatch,
        MOST_BATCHES);
    if (batches.size() == MOST_BATCHES) {
      lastBatch = newest(open);
      news.anything();
      return;
    }
    Set<String> channels = new HashSet<>();
    for (Batch batch : batches) {
      if (!batch.own) {
        for (Moved moved : Moved.parse(batch.moved)) {
          channels.add(name(open, moved.channel()));
        }
      }
      lastBatch = batch.id;
    }
    if (!channels.isEmpty()) {
      news.channels(channels);
    }
  }

  private String name(Session open, long channel) throws SQLException {
    String known = names.get(channel);
    if (known == null) {
      known =
          open.first("SELECT name FROM $channel WHERE no = ?", row -> row.getString(1), channel);
      if (known == null) {
        throw new SQLException("channel " + channel + " has events but no row");
      }
      names.put(channel, known);
    }
    return known;
  }

  private static long newest(Session open) throws SQLException {
    return open.number("SELECT max(id) FROM $batch", 0);
  }

  private Session open() throws SQLException {
    Session known = session;
    if (known == null) {
      known = new Session(file.reader(), prefix);
      session = known;
    }
    return known;
  }

  private void reopen() {
    closeSession();
    dataVersion = -1;
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
  }

  private void closeSession() {
    Session known = session;
    session = null;
    if (known != null) {
      SqliteReaders.discard(known);
    }
  }

  /** Blocks until it has ended. */
  void close() {
    ended = true;
    LockSupport.unpark(thread);
    Joining.join(thread);
  }
}
