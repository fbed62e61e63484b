package io.gripstream.eventstream.store;

import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Removes old events in steps of about two milliseconds, and rests four times as long after each,
 * so that appends hardly notice. By age along the batches, which are in the order of time; by count
 * along the channels. Freed pages are used again by SQLite: the file stays as large as it was at
 * its fullest.
 */
final class SqliteTrimmer {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int REST = 4;
  private static final int MIN_EVENTS = 50;
  private static final int MAX_EVENTS = 2_000;
  private static final int CHANNELS_PER_LOOK = 1_000;

  private final Clock clock;
  private final Retention retention;
  private int events = 200;

  SqliteTrimmer(Clock clock, Retention retention) {
    this.clock = clock;
    this.retention = retention;
  }

  private record Batch(long id, List<Moved> moved) {}

  private record Full(long no, long upTo) {}

  void trim(Database database) {
    while (paced(() -> database.write(this::oldEvents))) {
      // One step more.
    }
    OptionalInt size = retention.size();
    if (size.isPresent()) {
      trimBySize(database, size.getAsInt());
    }
  }

  /** One step; whether there may be more to do. */
  private boolean oldEvents(Session session) throws SQLException {
    List<Batch> batches = session.list(
        "SELECT id, moved FROM $batch WHERE at < ? ORDER BY id LIMIT ?",
        row -> new Batch(row.getLong(1), Moved.parse(row.getString(2))),
        clock.millis() - retention.ttl().toMillis(),
        events);
    Map<Long, Long> upTo = new HashMap<>();
    long lastBatch = -1;
    long count = 0;
    for (Batch batch : batches) {
      for (Moved moved : batch.moved) {
        upTo.merge(moved.channel(), moved.last(), Math::max);
        count += moved.last() - moved.first() + 1;
      }
      lastBatch = batch.id;
      if (count >= events) {
        break;
      }
    }
    for (Map.Entry<Long, Long> channel : upTo.entrySet()) {
      session.update(
          "DELETE FROM $event WHERE channel = ? AND id <= ?", channel.getKey(), channel.getValue());
    }
    session.update("DELETE FROM $batch WHERE id <= ?", lastBatch);
    return !batches.isEmpty();
  }

  private void trimBySize(Database database, int size) {
    long after = 0;
    List<Full> looked;
    do {
      long from = after;
      looked = database.read(session -> session.list(
          """
          SELECT no, last - ?, (SELECT id FROM $event WHERE channel = no ORDER BY id LIMIT 1)
          FROM $channel WHERE no > ? ORDER BY no LIMIT ?""",
          row -> new Full(row.getLong(1), row.getLong(3) <= row.getLong(2) ? row.getLong(2) : 0),
          size,
          from,
          CHANNELS_PER_LOOK));
      for (Full channel : looked) {
        after = channel.no;
        while (channel.upTo > 0 && paced(() -> database.write(s -> surplus(s, channel)))) {
          // One step more.
        }
      }
    } while (looked.size() == CHANNELS_PER_LOOK);
  }

  private boolean surplus(Session session, Full channel) throws SQLException {
    return session.update("""
            DELETE FROM $event WHERE channel = ? AND id <= min(?,
              (SELECT min(id) FROM $event WHERE channel = ?) + ?)""", channel.no, channel.upTo, channel.no, events - 1) == events;
  }

  private boolean paced(BooleanSupplier step) {
    long start = System.nanoTime();
    boolean more = step.getAsBoolean();
    long took = System.nanoTime() - start;
    events = took > STEP_NANOS
        ? Math.max(MIN_EVENTS, events / 2)
        : Math.min(MAX_EVENTS, events + events / 4);
    if (more) {
      LockSupport.parkNanos(took * REST);
    }
    return more;
  }
}
