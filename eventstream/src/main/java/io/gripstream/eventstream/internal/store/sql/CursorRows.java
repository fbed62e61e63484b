package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.Confirmations;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows with each proxy's cursor per channel. A cursor only moves forward. */
final class CursorRows {
  private record At(long proxy, long channel, long confirmed) {}

  private CursorRows() {}

  /**
   * Advances each cursor over the confirmations that follow it; returns the known position of each
   * one.
   */
  static Map<Confirmations.Cursor, Long> advance(
      Session session, List<Confirmations.Cursor> cursors, Confirmations confirmations)
      throws SQLException {
    Map<Confirmations.Cursor, Long> reached = new HashMap<>();
    for (Confirmations.Cursor cursor : cursors) {
      At at = find(session, cursor.proxy(), cursor.channel());
      if (at == null) {
        // An unregistered proxy, or a channel without events: nothing to keep.
        reached.put(cursor, Long.MAX_VALUE);
        continue;
      }
      long advanced = confirmations.advanced(cursor, at.confirmed);
      if (advanced > at.confirmed) {
        write(session, at, advanced);
      }
      reached.put(cursor, advanced);
    }
    return reached;
  }

  static void move(Session session, String proxy, String channel, long upTo) throws SQLException {
    At at = find(session, proxy, channel);
    if (at != null && upTo > at.confirmed) {
      write(session, at, upTo);
    }
  }

  private static @Nullable At find(Session session, String proxy, String channel)
      throws SQLException {
    return session.first(
        """
        SELECT p.no, c.no, coalesce(k.up_to, 0)
        FROM $proxy p JOIN $channel c ON c.name = ?
        LEFT JOIN $confirmed k ON k.proxy = p.no AND k.channel = c.no
        WHERE p.name = ?""", row -> new At(row.getLong(1), row.getLong(2), row.getLong(3)), channel, proxy);
  }

  private static void write(Session session, At at, long upTo) throws SQLException {
    session.update("""
        INSERT INTO $confirmed (proxy, channel, up_to) VALUES (?, ?, ?)
        ON CONFLICT (proxy, channel) DO UPDATE SET up_to = excluded.up_to
        WHERE $confirmed.up_to < excluded.up_to""", at.proxy, at.channel, upTo);
  }
}
