package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.sql.ChannelCache;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Remembers the numbers of channels, which never change. Used by the writer thread only. */
final class PostgresChannels {
  private final PostgresPool pool;
  private final ChannelCache<String, Long> known = new ChannelCache<>();

  PostgresChannels(PostgresPool pool) {
    this.pool = pool;
  }

  /** Makes a row for every channel that has none, in its own transaction. */
  ChannelNumbers numbers(List<Draft> drafts) {
    Map<String, Long> found = new HashMap<>();
    Set<String> unknown = new TreeSet<>();
    for (Draft draft : drafts) {
      for (String channel : draft.channels()) {
        Long number = known.get(channel);
        if (number == null) {
          unknown.add(channel);
        } else {
          found.put(channel, number);
        }
      }
    }
    if (!unknown.isEmpty()) {
      Map<String, Long> made = pool.write(session -> make(session, unknown));
      made.forEach(known::put);
      found.putAll(made);
    }
    return new ChannelNumbers(found);
  }

  /**
   * In the order of the names, so that two processes that make the same channels never deadlock.
   */
  private static Map<String, Long> make(Session session, Set<String> names) throws SQLException {
    Object array = session.connection().createArrayOf("text", names.toArray());
    session.update("""
        INSERT INTO $channel (name) SELECT n.name FROM unnest(?) WITH ORDINALITY AS n (name, place)
        WHERE NOT EXISTS (SELECT 1 FROM $channel c WHERE c.name = n.name) ORDER BY place
        ON CONFLICT (name) DO NOTHING""", array);
    Map<String, Long> made = new HashMap<>();
    for (Map.Entry<String, Long> entry : session.list(
        "SELECT name, no FROM $channel WHERE name = ANY (?)",
        row -> Map.entry(row.getString(1), row.getLong(2)),
        array)) {
      made.put(entry.getKey(), entry.getValue());
    }
    return made;
  }
}
