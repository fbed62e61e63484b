package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.sql.ChannelTrimmer;
import io.gripstream.eventstream.internal.store.sql.Pace;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Removes old events by dropping whole slots of time, each about an eighth of the retention. No
 * single row is deleted, and the disk space is free immediately. Events that are kept longer than
 * all others are moved out of a slot before, into a separate table. Old batches, and events that
 * the rules of a channel make too old or too many, are deleted in small steps. One process at a
 * time does this.
 */
final class PostgresTrimmer {
  static final int SLOTS = 8;
  private static final long SHORTEST_SLOT_MILLIS = 1_000;
  private static final Duration BATCHES_KEPT = Duration.ofHours(1);

  /** The slot of events that are kept longer than all others. */
  private static final int LONG = -1;

  private final PostgresPool pool;
  private final TrimTurn turn;
  private final Clock clock;
  private final String prefix;
  private final long ttlMillis;
  private final long slotMillis;
  private final ChannelTrimmer byChannel;
  private final Pace pace;

  PostgresTrimmer(
      PostgresPool pool, Clock clock, String prefix, KeptHistory kept, LongSupplier appended) {
    this.pool = pool;
    this.turn = new TrimTurn(pool, prefix + "trim");
    this.clock = clock;
    this.prefix = prefix;
    this.pace = new Pace(appended);
    this.ttlMillis = kept.ofAll().ttl().toMillis();
    this.slotMillis = slotMillis(ttlMillis);
    this.byChannel = new ChannelTrimmer(kept, clock, pace);
  }

  private record Slot(int no, long openedAt) {}

  /** Does nothing while another process does it. */
  void trim() {
    try {
      if (turn.take()) {
        openSlot();
        // Before slots are dropped, since it notes which channels are kept longer.
        byChannel.trim(turn);
        dropSlots();
        trimBatches();
      }
    } catch (SQLException e) {
      throw PostgresFailures.of("changing slots", e);
    } finally {
      turn.end();
    }
  }

  private void trimBatches() {
    long before = clock.millis() - BATCHES_KEPT.toMillis();
    boolean due = turn.read(session ->
            session.number("SELECT (at < ?)::int FROM $batch ORDER BY id LIMIT 1", 0, before))
        == 1;
    if (due) {
      pace.whileMore(batches -> turn.writeLazily(session -> session.update("""
          DELETE FROM $batch WHERE at < ? AND id IN
            (SELECT id FROM $batch ORDER BY id LIMIT ?)""", before, batches)));
    }
  }

  private List<Slot> slots() {
    return turn.read(session -> session.list(
        "SELECT no, opened_at FROM $slot ORDER BY no",
        row -> new Slot(row.getInt(1), row.getLong(2))));
  }

  /** New events go to a new slot once the newest one is old enough. */
  private void openSlot() {
    List<Slot> slots = slots();
    Slot newest = slots.get(slots.size() - 1);
    long now = clock.millis();
    if (now - newest.openedAt < slotMillis) {
      return;
    }
    turn.write(session -> {
      open(session, prefix, newest.no + 1, now);
      return true;
    });
  }

  /** The process that inserts the row makes the table; others wait here and find it done. */
  static void open(Session session, String prefix, int slot, long at) throws SQLException {
    if (session.update(
            "INSERT INTO $slot (no, opened_at) VALUES (?, ?) ON CONFLICT (no) DO NOTHING", slot, at)
        == 1) {
      String table = prefix + "event_" + slot;
      session.update("CREATE TABLE " + table + " (LIKE $event INCLUDING ALL)");
      session.update(
          "ALTER TABLE $event ATTACH PARTITION " + table + " FOR VALUES IN (" + slot + ")");
    }
  }

  /** How long new events go to the same slot, in milliseconds. */
  static long slotMillis(long ttlMillis) {
    return Math.max(SHORTEST_SLOT_MILLIS, ttlMillis / SLOTS);
  }

  /** A slot is old if the next one was opened longer ago than the retention. */
  private void dropSlots() throws SQLException {
    List<Slot> slots = slots();
    long before = clock.millis() - ttlMillis;
    for (int i = 0; i + 1 < slots.size() && slots.get(i + 1).openedAt < before; i++) {
      saveLongKept(slots.get(i).no);
      drop(slots.get(i).no);
    }
  }

  /** Channel after channel, so that no step visits rows that an earlier step has moved. */
  private void saveLongKept(int slot) {
    boolean isAny = turn.read(session ->
            session.number("SELECT 1 FROM $retention WHERE ttl > ? LIMIT 1", 0, ttlMillis))
        == 1;
    if (!isAny) {
      return;
    }
    AtomicLong from = new AtomicLong();
    pace.whileMore(events -> turn.writeLazily(session -> {
      List<Long> moved =
          session.list("""
          WITH kept AS (
            SELECT e.channel, e.id FROM $retention r JOIN $event e ON e.channel = r.channel
            WHERE r.ttl > ? AND r.channel >= ? AND e.slot = ?
            ORDER BY r.channel, e.id LIMIT ?),
          moved AS (
            DELETE FROM $event e USING kept k
            WHERE e.channel = k.channel AND e.id = k.id AND e.slot = ? RETURNING e.*)
          INSERT INTO $event (channel, id, type, data, skip_users, at, slot)
          SELECT channel, id, type, data, skip_users, at, ? FROM moved RETURNING channel""", row -> row.getLong(1), ttlMillis, from.get(), slot, events, slot, LONG);
      moved.forEach(channel -> from.accumulateAndGet(channel, Math::max));
      return (long) moved.size();
    }));
  }

  private void drop(int slot) throws SQLException {
    String table = table(slot);
    String state = turn.read(session -> session.first(
        "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass(?)",
        row -> row.getBoolean(1) ? "FINALIZE" : "CONCURRENTLY",
        table));
    if (state != null) {
      // Readers and writers continue; a plain DROP would block all of them.
      pool.executeSlowly("ALTER TABLE $event DETACH PARTITION " + table + " " + state);
    }
    pool.executeSlowly("DROP TABLE IF EXISTS " + table, "DELETE FROM $slot WHERE no = " + slot);
  }

  private String table(int slot) {
    return prefix + "event_" + slot;
  }
}
