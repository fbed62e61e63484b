package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.store.Retention;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Removes events by the rules of single channels: events beyond the channel's size, and old events
 * of channels with their own time. Used by one thread, and by one process per database at a time if
 * the engine can ensure it.
 *
 * <p>It visits every channel's name once, at the start, because rules may have changed. After that
 * it visits only channels that batches name. A channel with its own time gets a row with the time
 * of the next visit, so that no visit is useless. The code that removes old events finds in these
 * rows the channels that are kept longer than all others.
 */
public final class ChannelTrimmer {
  private static final int BATCHES_PER_LOOK = 5_000;
  private static final int CHANNELS_PER_LOOK = 1_000;
  private static final int DUE_PER_LOOK = 500;

  /** The numbers before the newest one that may come late. */
  private static final int SLACK = 50;

  /** Pause before asking again for rules that are unknown. */
  private static final Duration RETRY = Duration.ofMinutes(1);

  private static final Duration MOST_SLACK = Duration.ofMinutes(5);

  private final KeptHistory kept;
  private final Clock clock;
  private final Pace pace;
  private final BatchGaps gaps = new BatchGaps();
  private boolean hasLookedAtAll;

  public ChannelTrimmer(KeptHistory kept, Clock clock, Pace pace) {
    this.kept = kept;
    this.clock = clock;
    this.pace = pace;
  }

  private record Batch(long id, long at, String moved) {}

  /** @param ttl the time in its row; 0: it has no row */
  private record Channel(long no, String name, long last, long ttl) {}

  private record Surplus(long channel, long events) {}

  /** @param retention null: its rules are unknown */
  private record Due(long channel, @Nullable Retention retention) {}

  /** Removes everything that is due. */
  public void trim(Database database) {
    if (kept.hasRules() || kept.ofAll().size().isPresent()) {
      follow(database);
    }
    expire(database);
  }

  private void follow(Database database) {
    if (!hasLookedAtAll || hasMissedBatches(database)) {
      long newest =
          database.read(session -> session.number("SELECT coalesce(max(id), 0) FROM $batch", 0));
      gaps.startAfter(Math.max(0, newest - SLACK));
      lookAtAll(database);
      hasLookedAtAll = true;
    }
    look(database, database.read(this::late));
    List<Batch> batches;
    do {
      batches = database.read(this::later);
      look(database, batches);
    } while (batches.size() == BATCHES_PER_LOOK);
  }

  /** Whether another process removed batches before this one looked at them. */
  private boolean hasMissedBatches(Database database) {
    return database.read(session -> session.number("SELECT coalesce(min(id), 0) FROM $batch", 0))
        > gaps.last() + 1;
  }

  private List<Batch> later(Session session) throws SQLException {
    return session.list(
        "SELECT id, at, moved FROM $batch WHERE id > ? ORDER BY id LIMIT ?",
        row -> new Batch(row.getLong(1), row.getLong(2), row.getString(3)),
        gaps.last(),
        BATCHES_PER_LOOK);
  }

  private List<Batch> late(Session session) throws SQLException {
    return session.listByNumbers(
        "SELECT id, at, moved FROM $batch WHERE id IN (NUMBERS)",
        row -> new Batch(row.getLong(1), row.getLong(2), row.getString(3)),
        gaps.missing(System.nanoTime()));
  }

  private void look(Database database, List<Batch> batches) {
    Map<Long, Long> movedSince = new HashMap<>();
    for (Batch batch : batches) {
      gaps.seen(batch.id, System.nanoTime());
      for (IdRange moved : IdRange.parse(batch.moved)) {
        movedSince.merge(moved.channel(), batch.at, Math::min);
      }
    }
    List<Long> all = List.copyOf(movedSince.keySet());
    for (int i = 0; i < all.size(); i += CHANNELS_PER_LOOK) {
      List<Long> some = all.subList(i, Math.min(all.size(), i + CHANNELS_PER_LOOK));
      look(
          database,
          database.read(session -> session.listByNumbers("""
              SELECT c.no, c.name, c.last, coalesce(r.ttl, 0)
              FROM $channel c LEFT JOIN $retention r ON r.channel = c.no
              WHERE c.no IN (NUMBERS)""", ChannelTrimmer::channel, some)),
          movedSince);
    }
  }

  private void lookAtAll(Database database) {
    List<Channel> channels;
    long after = 0;
    do {
      long from = after;
      channels = database.read(
          session -> session.list("""
          SELECT c.no, c.name, c.last, coalesce(r.ttl, 0)
          FROM $channel c LEFT JOIN $retention r ON r.channel = c.no
          WHERE c.no > ? AND c.last > 0 ORDER BY c.no LIMIT ?""", ChannelTrimmer::channel, from, CHANNELS_PER_LOOK));
      // The age of their events is unknown: they are due immediately.
      look(database, channels, Map.of());
      for (Channel channel : channels) {
        after = channel.no;
      }
    } while (channels.size() == CHANNELS_PER_LOOK);
  }

  private static Channel channel(ResultSet row) throws SQLException {
    return new Channel(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4));
  }

  /** @param movedSince for each channel, the time of an event that was not looked at yet */
  private void look(Database database, List<Channel> channels, Map<Long, Long> movedSince) {
    long ofAll = kept.ofAll().ttl().toMillis();
    Map<Long, Integer> sizes = new HashMap<>();
    List<Retained> changed = new ArrayList<>();
    for (Channel channel : channels) {
      Retention own = kept.of(channel.name);
      long ttl = own == null ? KeptHistory.UNKNOWN_TTL : own.ttl().toMillis();
      if (ttl != channel.ttl && (ttl != ofAll || channel.ttl != 0)) {
        Long since = movedSince.get(channel.no);
        // An existing row may be due too late.
        changed.add(new Retained(
            channel.no,
            ttl,
            since == null || own == null || channel.ttl != 0 ? 0 : due(since, ttl)));
      }
      OptionalInt size = own == null ? OptionalInt.empty() : own.size();
      if (size.isPresent() && channel.last > size.getAsInt()) {
        sizes.put(channel.no, size.getAsInt());
      }
    }
    if (!changed.isEmpty()) {
      database.writeLazily(session -> write(session, changed));
    }
    if (!sizes.isEmpty()) {
      removeSurplus(database, sizes);
    }
  }

  /** The row of a channel. */
  private record Retained(long channel, long ttl, long due) {}

  private static int write(Session session, List<Retained> rows) throws SQLException {
    for (Retained row : rows) {
      session.update("""
          INSERT INTO $retention (channel, ttl, due) VALUES (?, ?, ?)
          ON CONFLICT (channel) DO UPDATE SET ttl = excluded.ttl, due = excluded.due""", row.channel, row.ttl, row.due);
    }
    return rows.size();
  }

  /** A little later than necessary, so that a busy channel is not due all the time. */
  private static long due(long at, long ttl) {
    return at + ttl + Math.min(ttl / 20, MOST_SLACK.toMillis());
  }

  private void removeSurplus(Database database, Map<Long, Integer> sizes) {
    Queue<Surplus> queue = new ArrayDeque<>(database.read(session -> session.listByNumbers(
        """
            SELECT c.no, c.last + 1 - coalesce(
              (SELECT min(e.id) FROM $event e WHERE e.channel = c.no), c.last + 1)
            FROM $channel c WHERE c.no IN (NUMBERS)""",
        row -> new Surplus(
            row.getLong(1), row.getLong(2) - Objects.requireNonNull(sizes.get(row.getLong(1)))),
        sizes.keySet())));
    queue.removeIf(surplus -> surplus.events <= 0);
    pace.whileMore(events -> queue.isEmpty()
        ? 0
        : database.writeLazily(session -> removeSurplus(session, queue, events)));
  }

  /** One step. */
  private static long removeSurplus(Session session, Queue<Surplus> queue, int events)
      throws SQLException {
    long count = 0;
    while (!queue.isEmpty() && count < events) {
      Surplus next = queue.remove();
      long some = Math.min(next.events, events - count);
      long oldest = session.number("SELECT min(id) FROM $event WHERE channel = ?", 0, next.channel);
      session.update(
          "DELETE FROM $event WHERE channel = ? AND id < ?", next.channel, oldest + some);
      count += some;
      if (some < next.events) {
        queue.add(new Surplus(next.channel, next.events - some));
      }
    }
    return count;
  }

  private void expire(Database database) {
    Queue<Due> queue;
    do {
      long now = clock.millis();
      queue = new ArrayDeque<>(due(database, now));
      boolean isMore = queue.size() == DUE_PER_LOOK;
      Queue<Due> some = queue;
      pace.whileMore(events ->
          some.isEmpty() ? 0 : database.writeLazily(session -> expire(session, some, now, events)));
      if (!isMore) {
        return;
      }
    } while (queue.isEmpty() && !Thread.currentThread().isInterrupted());
  }

  private List<Due> due(Database database, long now) {
    return database.read(session -> session.list(
        """
            SELECT r.channel, r.ttl, c.name FROM $retention r JOIN $channel c ON c.no = r.channel
            WHERE r.due <= ? ORDER BY r.due LIMIT ?""",
        row -> new Due(row.getLong(1), retention(row.getString(3), row.getLong(2))),
        now,
        DUE_PER_LOOK));
  }

  /** A process without rules uses those of the others. */
  private @Nullable Retention retention(String channel, long noted) {
    return kept.hasRules() ? kept.of(channel) : Retention.of(Duration.ofMillis(noted));
  }

  /** One step. */
  private static long expire(Session session, Queue<Due> queue, long now, int events)
      throws SQLException {
    long count = 0;
    while (!queue.isEmpty() && count < events) {
      Due next = queue.element();
      Retention retention = next.retention;
      if (retention == null) {
        queue.remove();
        write(
            session,
            List.of(new Retained(next.channel, KeptHistory.UNKNOWN_TTL, now + RETRY.toMillis())));
        count++;
        continue;
      }
      long ttl = retention.ttl().toMillis();
      int most = (int) (events - count);
      long last = session.number("""
          SELECT max(id) FROM (
            SELECT id, at FROM $event WHERE channel = ? ORDER BY id LIMIT ?) oldest
          WHERE at < ?""", 0, next.channel, most, now - ttl);
      int removed = last == 0
          ? 0
          : session.update("DELETE FROM $event WHERE channel = ? AND id <= ?", next.channel, last);
      count += removed + 1;
      if (removed < most) {
        queue.remove();
        settle(session, next.channel, ttl);
      }
    }
    return count;
  }

  /** Writes when the channel is due again; removes the row of an empty channel. */
  private static void settle(Session session, long channel, long ttl) throws SQLException {
    long oldest =
        session.number("SELECT at FROM $event WHERE channel = ? ORDER BY id LIMIT 1", -1, channel);
    if (oldest < 0) {
      session.update("DELETE FROM $retention WHERE channel = ?", channel);
    } else {
      write(session, List.of(new Retained(channel, ttl, due(oldest, ttl))));
    }
  }
}
