package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads history, always in the snapshot of the given session. */
final class SqliteReads {
  private static final String HEAD = """
      SELECT last, (SELECT min(id) FROM $event WHERE channel = no), no
      FROM $channel WHERE name = ?""";
  private static final String PAGE = """
      SELECT id, type, data, skip_users, at FROM $event
      WHERE channel = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?""";

  private SqliteReads() {}

  private record Place(Head head, long channel) {}

  static Page page(Session session, String channel, long after, long upTo, PageLimit limit)
      throws SQLException {
    Place place = session.first(HEAD, SqliteReads::place, channel);
    if (place == null) {
      return new Page(List.of(), Head.EMPTY);
    }
    PreparedStatement page = session.statement(PAGE);
    page.setLong(1, place.channel);
    page.setLong(2, after);
    page.setLong(3, upTo);
    page.setInt(4, limit.events());
    List<Event> events = new ArrayList<>();
    long bytes = 0;
    try (ResultSet rows = page.executeQuery()) {
      while (bytes < limit.bytes() && rows.next()) {
        Event event = new Event(
            channel,
            rows.getLong(1),
            rows.getString(2),
            rows.getString(3),
            EventColumns.splitUsers(rows.getString(4)),
            Instant.ofEpochMilli(rows.getLong(5)));
        bytes += PageLimit.weight(event);
        events.add(event);
      }
    }
    return new Page(events, place.head);
  }

  static Map<String, Head> heads(Session session, Collection<String> channels) throws SQLException {
    Map<String, Head> heads = new HashMap<>();
    for (String channel : channels) {
      Place place = session.first(HEAD, SqliteReads::place, channel);
      heads.put(channel, place == null ? Head.EMPTY : place.head);
    }
    return heads;
  }

  /** The trimmed ids need no column: they lie before the oldest remaining event. */
  private static Place place(ResultSet row) throws SQLException {
    long last = row.getLong(1);
    long oldest = row.getLong(2);
    return new Place(new Head(last, oldest == 0 ? last : oldest - 1), row.getLong(3));
  }
}
