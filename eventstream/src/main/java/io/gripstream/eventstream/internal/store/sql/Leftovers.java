package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.Periods;
import io.gripstream.eventstream.store.Revocations;
import java.time.Clock;
import java.time.Duration;

/**
 * Removes unneeded rows except events: keys, old leases, forgotten proxies. After a power cut they
 * are removed again.
 */
final class Leftovers {
  private static final Duration PROXY_MEMORY = Duration.ofDays(7);
  private static final int STEP = 500;

  private final Database database;
  private final Clock clock;

  Leftovers(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void clear() {
    long now = clock.millis();
    while (clearKeys(now - Periods.IDEMPOTENCY_MEMORY.toMillis()) == STEP) {
      // Each step is its own transaction, so that appends can come between.
    }
    database.writeLazily(session -> session.update(
            "DELETE FROM $lease WHERE until < ?", now - 60_000)
        + session.update(
            "DELETE FROM $revocation WHERE until <= ?", now - Revocations.CHANGES_KEPT.toMillis()));
    long forgotten = now - PROXY_MEMORY.toMillis();
    database.writeLazily(session -> {
      session.update(
          "DELETE FROM $confirmed WHERE proxy IN (SELECT no FROM $proxy WHERE seen_at < ?)",
          forgotten);
      return session.update("DELETE FROM $proxy WHERE seen_at < ?", forgotten);
    });
  }

  private int clearKeys(long before) {
    return database.writeLazily(session -> session.update("""
        DELETE FROM $idempotency WHERE (channel, key) IN
          (SELECT channel, key FROM $idempotency WHERE at < ? LIMIT ?)""", before, STEP));
  }
}
