package io.gripstream.eventstream.internal.store.sql;

import java.sql.SQLException;

/** Removes the oldest events of a channel, in small steps with appends between them. */
final class Forgetting {
  private final Database database;

  /** Without pauses: the caller waits for the end. */
  private final Pace pace = new Pace(() -> Long.MAX_VALUE);

  Forgetting(Database database) {
    this.database = database;
  }

  private record Place(long channel, long last) {}

  /** Blocks until no event up to this id is left. */
  void upTo(String channel, long id) {
    Place place = database.read(session -> session.first(
        "SELECT no, last FROM $channel WHERE name = ?",
        row -> new Place(row.getLong(1), row.getLong(2)),
        channel));
    if (place != null) {
      long end = Math.min(id, place.last);
      pace.whileMore(
          events -> database.write(session -> step(session, place.channel, end, events)));
    }
  }

  private static long step(Session session, long channel, long end, int events)
      throws SQLException {
    long last = session.number("""
        SELECT max(id) FROM (
          SELECT id FROM $event WHERE channel = ? AND id <= ? ORDER BY id LIMIT ?) oldest""", 0, channel, end, events);
    return last == 0
        ? 0
        : session.update("DELETE FROM $event WHERE channel = ? AND id <= ?", channel, last);
  }
}
