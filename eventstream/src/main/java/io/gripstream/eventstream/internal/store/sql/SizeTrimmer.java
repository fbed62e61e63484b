package io.gripstream.eventstream.internal.store.sql;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes the oldest events of channels that have too many. It looks at every channel the first
 * time, and later only at those that batches name. Used by one thread.
 */
public final class SizeTrimmer {
  private static final int BATCHES_PER_LOOK = 5_000;
  private static final int CHANNELS_PER_LOOK = 1_000;

  private final int size;
  private final Pace pace;
  private long lookedUpTo = -1;

  public SizeTrimmer(int size, Pace pace) {
    this.size = size;
    this.pace = pace;
  }

  private record Batch(long id, String moved) {}

  public void trim(Database database) {
    if (lookedUpTo < 0) {
      long newest =
          database.read(session -> session.number("SELECT coalesce(max(id), 0) FROM $batch", 0));
      trimAll(database);
      lookedUpTo = newest;
    }
    List<Batch> batches;
    do {
      batches = database.read(session -> session.list(
          "SELECT id, moved FROM $batch WHERE id > ? ORDER BY id LIMIT ?",
          row -> new Batch(row.getLong(1), row.getString(2)),
          lookedUpTo,
          BATCHES_PER_LOOK));
      Set<Long> channels = new HashSet<>();
      for (Batch batch : batches) {
        IdRange.parse(batch.moved).forEach(moved -> channels.add(moved.channel()));
      }
      channels.forEach(channel -> trim(database, channel));
      if (!batches.isEmpty()) {
        lookedUpTo = batches.get(batches.size() - 1).id;
      }
    } while (batches.size() == BATCHES_PER_LOOK);
  }

  private void trimAll(Database database) {
    List<Long> channels;
    long after = 0;
    do {
      long from = after;
      channels = database.read(session -> session.list(
          "SELECT no FROM $channel WHERE no > ? AND last > ? ORDER BY no LIMIT ?",
          row -> row.getLong(1),
          from,
          size,
          CHANNELS_PER_LOOK));
      for (long channel : channels) {
        trim(database, channel);
        after = channel;
      }
    } while (channels.size() == CHANNELS_PER_LOOK);
  }

  private void trim(Database database, long channel) {
    if (database.read(session -> surplus(session, channel)) > 0) {
      pace.whileMore(events -> database.writeLazily(session -> step(session, channel, events)));
    }
  }

  private long surplus(Session session, long channel) throws SQLException {
    return session.number("""
        SELECT last - (SELECT coalesce(min(id), last + 1) FROM $event WHERE channel = no) + 1 - ?
        FROM $channel WHERE no = ?""", 0, size, channel);
  }

  private long step(Session session, long channel, int events) throws SQLException {
    long count = Math.min(events, surplus(session, channel));
    if (count > 0) {
      long oldest = session.number("SELECT min(id) FROM $event WHERE channel = ?", 0, channel);
      session.update("DELETE FROM $event WHERE channel = ? AND id < ?", channel, oldest + count);
    }
    return count;
  }
}
