package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.internal.store.sql.Pace;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.internal.store.sql.SizeTrimmer;
import io.gripstream.eventstream.store.Retention;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Removes old events by dropping whole slots of time, each about an eighth of the retention. No row
 * is deleted singly, and the disk space is free at once. Surplus events of a channel and old
 * batches are deleted in small steps. One process at a time does this.
 */
final class PostgresTrimmer {
  private static final int SLOTS = 8;
  private static final long SHORTEST_SLOT_MILLIS = 1_000;
  private static final Duration BATCHES_KEPT = Duration.ofHours(1);

  private static final String LOCK =
      "SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))::int";

  private final PostgresPool pool;
  private final Clock clock;
  private final String prefix;
  private final long ttlMillis;
  private final long slotMillis;
  private final @Nullable SizeTrimmer bySize;
  private final Pace pace;

  PostgresTrimmer(
      PostgresPool pool, Clock clock, String prefix, Retention retention, LongSupplier appended) {
    this.pool = pool;
    this.clock = clock;
    this.prefix = prefix;
    this.pace = new Pace(appended);
    this.ttlMillis = retention.ttl().toMillis();
    this.slotMillis = Math.max(SHORTEST_SLOT_MILLIS, ttlMillis / SLOTS);
    this.bySize =
        retention.size().isPresent() ? new SizeTrimmer(retention.size().getAsInt(), pace) : null;
  }

  private record Slot(int no, long openedAt) {}

  /** Does nothing while another process does it. */
  void trim() {
    try {
      Session holder = pool.begin();
      try {
        // A transaction that does nothing else holds the lock. So the lock ends with this process
        // in every case, and a pooler gives the connection to no one else. It does not hold up
        // VACUUM.
        if (holder.number(LOCK, 0, prefix + "trim") == 1) {
          openSlot();
          dropSlots();
          trimRows();
        }
      } finally {
        PostgresPool.end(holder);
      }
    } catch (SQLException e) {
      throw PostgresFailures.of("changing slots", e);
    }
  }

  private void trimRows() {
    long before = clock.millis() - BATCHES_KEPT.toMillis();
    boolean due = pool.read(session ->
            session.number("SELECT (at < ?)::int FROM $batch ORDER BY id LIMIT 1", 0, before))
        == 1;
    if (due) {
      trimBatches(before);
    }
    if (bySize != null) {
      bySize.trim(pool);
    }
  }

  private void trimBatches(long before) {
    pace.whileMore(batches -> pool.writeLazily(session -> session.update("""
        DELETE FROM $batch WHERE at < ? AND id IN
          (SELECT id FROM $batch ORDER BY id LIMIT ?)""", before, batches)));
  }

  private List<Slot> slots() {
    return pool.read(session -> session.list(
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
    String table = table(newest.no + 1);
    pool.write(session -> {
      // The process that inserts the row makes the table; others wait here and find it done.
      if (session.update(
              "INSERT INTO $slot (no, opened_at) VALUES (?, ?) ON CONFLICT (no) DO NOTHING",
              newest.no + 1,
              now)
          == 1) {
        session.update("CREATE TABLE " + table + " (LIKE $event INCLUDING ALL)");
        session.update("ALTER TABLE $event ATTACH PARTITION " + table + " FOR VALUES IN ("
            + (newest.no + 1) + ")");
      }
      return true;
    });
  }

  /** A slot is old if the next one was opened longer ago than the retention. */
  private void dropSlots() throws SQLException {
    List<Slot> slots = slots();
    long before = clock.millis() - ttlMillis;
    for (int i = 0; i + 1 < slots.size() && slots.get(i + 1).openedAt < before; i++) {
      drop(slots.get(i).no);
    }
  }

  private void drop(int slot) throws SQLException {
    String table = table(slot);
    String state = pool.read(session -> session.first(
        "SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = to_regclass(?)",
        row -> row.getBoolean(1) ? "FINALIZE" : "CONCURRENTLY",
        table));
    if (state != null) {
      // Readers and writers continue; a plain DROP would block all of them.
      pool.execute("ALTER TABLE $event DETACH PARTITION " + table + " " + state);
    }
    pool.execute("DROP TABLE IF EXISTS " + table, "DELETE FROM $slot WHERE no = " + slot);
  }

  private String table(int slot) {
    return prefix + "event_" + slot;
  }
}
