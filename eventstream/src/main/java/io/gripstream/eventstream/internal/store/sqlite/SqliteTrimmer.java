package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.sql.ChannelTrimmer;
import io.gripstream.eventstream.internal.store.sql.Database;
import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.Pace;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Removes old events along the batches, which are in the order of time, and events by the rules of
 * each channel. SQLite reuses freed pages: the file keeps its largest size.
 */
final class SqliteTrimmer {
  private final Clock clock;
  private final KeptHistory kept;
  private final Pace pace;
  private final ChannelTrimmer byChannel;

  SqliteTrimmer(Clock clock, KeptHistory kept, LongSupplier appended) {
    this.clock = clock;
    this.kept = kept;
    this.pace = new Pace(appended);
    this.byChannel = new ChannelTrimmer(kept, clock, pace);
  }

  private record Batch(long id, boolean isOld, String moved) {}

  void trim(Database database) {
    // First, because it notes which channels are kept longer than all others.
    byChannel.trim(database);
    long ttl = kept.ofAll().ttl().toMillis();
    long before = clock.millis() - ttl;
    boolean due = database.read(
            session -> session.number("SELECT at < ? FROM $batch ORDER BY id LIMIT 1", 0, before))
        == 1;
    if (due) {
      pace.whileMore(
          events -> database.writeLazily(session -> oldEvents(session, before, ttl, events)));
    }
  }

  /** One step. */
  private static long oldEvents(Session session, long before, long ttl, int events)
      throws SQLException {
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
      session.update("""
          DELETE FROM $event WHERE channel = ? AND id <= ?
            AND NOT EXISTS (SELECT 1 FROM $retention r WHERE r.channel = ? AND r.ttl > ?)""", channel.getKey(), channel.getValue(), channel.getKey(), ttl);
    }
    session.update("DELETE FROM $batch WHERE id <= ?", lastBatch);
    return count;
  }
}
