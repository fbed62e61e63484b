package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.internal.store.sql.Database;
import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.Pace;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.internal.store.sql.SizeTrimmer;
import io.gripstream.eventstream.store.Retention;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Removes old events along the batches, which are in the order of time, and surplus ones per
 * channel. SQLite reuses freed pages: the file keeps its largest size.
 */
final class SqliteTrimmer {
  private final Clock clock;
  private final Duration ttl;
  private final Pace pace;
  private final @Nullable SizeTrimmer bySize;

  SqliteTrimmer(Clock clock, Retention retention, LongSupplier appended) {
    this.clock = clock;
    this.pace = new Pace(appended);
    this.ttl = retention.ttl();
    this.bySize =
        retention.size().isPresent() ? new SizeTrimmer(retention.size().getAsInt(), pace) : null;
  }

  private record Batch(long id, boolean isOld, String moved) {}

  void trim(Database database) {
    long before = clock.millis() - ttl.toMillis();
    boolean due = database.read(
            session -> session.number("SELECT at < ? FROM $batch ORDER BY id LIMIT 1", 0, before))
        == 1;
    if (due) {
      pace.whileMore(events -> database.writeLazily(session -> oldEvents(session, before, events)));
    }
    if (bySize != null) {
      bySize.trim(database);
    }
  }

  /** One step. */
  private static long oldEvents(Session session, long before, int events) throws SQLException {
    List<Batch> batches = session.list(
        "SELECT id, at < ?, moved FROM $batch ORDER BY id LIMIT ?",
        row -> new Batch(row.getLong(1), row.getLong(2) == 1, row.getString(3)),
        before,
        events);
    Map<Long, Long> upTo = new HashMap<>();
    long lastBatch = -1;
    long count = 0;
    for (Batch batch : batches) {
      if (!batch.isOld) {
        break;
      }
      for (IdRange moved : IdRange.parse(batch.moved)) {
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
    return count;
  }
}
