package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads history. Each read is one statement, so it needs one snapshot and one round trip. */
final class PostgresReads {
  /**
   * The window adds up the weight ({@link PageLimit#weight}) before each event, so that no page is
   * too large.
   */
  private static final String PAGE = """
      SELECT c.last, coalesce((SELECT min(id) FROM $event WHERE channel = c.no) - 1, c.last),
        e.id, e.type, e.data, e.skip_users, e.at
      FROM $channel c LEFT JOIN LATERAL (
        SELECT *, sum(weight) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - weight AS before
        FROM (
          SELECT id, type, data, skip_users, at, octet_length(type) + octet_length(data)
            + CASE WHEN skip_users IS NULL THEN 0 ELSE octet_length(skip_users) + 64
              * (1 + length(skip_users) - length(replace(skip_users, ',', ''))) END AS weight
          FROM $event
          WHERE channel = c.no AND id > ? AND id <= ? ORDER BY id LIMIT ?) raw
        ) e ON e.before < ?
      WHERE c.name = ? ORDER BY e.id""";

  private static final String HEADS = """
      SELECT c.name, c.last,
        coalesce((SELECT min(id) FROM $event WHERE channel = c.no) - 1, c.last)
      FROM $channel c WHERE c.name = ANY (?)""";

  private PostgresReads() {}

  static Page page(Session session, String channel, long after, long upTo, PageLimit limit)
      throws SQLException {
    PreparedStatement page = session.statement(PAGE);
    page.setLong(1, after);
    page.setLong(2, upTo);
    page.setInt(3, limit.events());
    page.setInt(4, limit.bytes());
    page.setString(5, channel);
    Head head = Head.EMPTY;
    List<Event> events = new ArrayList<>();
    try (ResultSet rows = page.executeQuery()) {
      while (rows.next()) {
        if (events.isEmpty()) {
          head = new Head(rows.getLong(1), rows.getLong(2));
        }
        long id = rows.getLong(3);
        if (id > 0) {
          events.add(event(channel, id, rows));
        }
      }
    }
    return new Page(events, head);
  }

  private static Event event(String channel, long id, ResultSet row) throws SQLException {
    return new Event(
        channel,
        id,
        row.getString(4),
        new String(row.getBytes(5), StandardCharsets.UTF_8),
        EventColumns.splitUsers(row.getString(6)),
        Instant.ofEpochMilli(row.getLong(7)));
  }

  static Map<String, Head> heads(Session session, Collection<String> channels) throws SQLException {
    Map<String, Head> heads = new HashMap<>();
    for (String channel : channels) {
      heads.put(channel, Head.EMPTY);
    }
    PreparedStatement statement = session.statement(HEADS);
    statement.setArray(
        1, session.connection().createArrayOf("text", heads.keySet().toArray()));
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        heads.put(rows.getString(1), new Head(rows.getLong(2), rows.getLong(3)));
      }
    }
    return heads;
  }
}
