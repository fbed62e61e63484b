package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of this process's writer, numbered, so that it can find out which of them were
 * committed. If that was not possible in time, they are asked for again later, because their events
 * were not announced. Thread-safe, except {@link #next}.
 */
final class PostgresTurns {
  private final long writer = new SecureRandom().nextLong();
  private final Clock clock;
  private final ConcurrentLinkedQueue<Long> doubtful = new ConcurrentLinkedQueue<>();
  private long turn;

  PostgresTurns(Clock clock) {
    this.clock = clock;
  }

  /** A number that no other process has. */
  long writer() {
    return writer;
  }

  /** The number of the writer thread's next transaction. */
  long next() {
    return ++turn;
  }

  /** Notes that the result of this transaction is unknown. */
  void doubt(long unknown) {
    doubtful.add(unknown);
  }

  /**
   * The ids of a turn; null: it was not committed and never will be. Finds out on another
   * connection by taking its place: if the batch row can be inserted, it did not exist. Waits for
   * the transaction if it is in progress.
   */
  @Nullable
  String moved(Session session, long asked) throws SQLException {
    session.update("""
        INSERT INTO $batch (writer, turn, at, moved) VALUES (?, ?, ?, '')
        ON CONFLICT (writer, turn) DO NOTHING""", writer, asked, clock.millis());
    return session.first(
        "SELECT moved FROM $batch WHERE writer = ? AND turn = ? AND moved <> ''",
        row -> row.getString(1),
        writer,
        asked);
  }

  /** The channels of doubtful turns that turned out to be committed. */
  Set<Long> settled(Session session) throws SQLException {
    Set<Long> channels = new HashSet<>();
    Long asked = doubtful.peek();
    while (asked != null) {
      String moved = moved(session, asked);
      if (moved != null) {
        IdRange.parse(moved).forEach(one -> channels.add(one.channel()));
      }
      doubtful.remove();
      asked = doubtful.peek();
    }
    return channels;
  }
}
