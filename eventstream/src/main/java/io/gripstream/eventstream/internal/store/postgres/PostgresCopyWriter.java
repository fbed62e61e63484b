package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.sql.CopyWriter;
import io.gripstream.eventstream.internal.store.sql.EventColumns;
import io.gripstream.eventstream.internal.store.sql.IdRange;
import io.gripstream.eventstream.internal.store.sql.Session;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Writes copied events by {@code COPY}, each into the slot of its time: so retention drops them
 * when it would have done so.
 */
final class PostgresCopyWriter implements CopyWriter {
  private static final HexFormat HEX = HexFormat.of();

  private final String prefix;
  private final long begin;
  private final long slotMillis;
  private long turn;

  PostgresCopyWriter(String prefix, long now, long slotMillis) {
    this.prefix = prefix;
    this.slotMillis = slotMillis;
    this.begin = now - PostgresTrimmer.SLOTS * slotMillis;
  }

  /** Slot 0 takes what is older than all of them, too. */
  @Override
  public void clear(Session session) throws SQLException {
    for (int slot : session.list("SELECT no FROM $slot", row -> row.getInt(1))) {
      session.update("DROP TABLE IF EXISTS " + prefix + "event_" + slot);
    }
    session.update("DELETE FROM $event");
    session.update("DELETE FROM $slot");
    for (int slot = 0; slot <= PostgresTrimmer.SLOTS; slot++) {
      PostgresTrimmer.open(session, prefix, slot, begin + slot * slotMillis);
    }
  }

  @Override
  public void store(Session session, List<Event> events, ToLongFunction<String> number)
      throws SQLException {
    StringBuilder rows = new StringBuilder();
    for (Event event : events) {
      long at = event.at().toEpochMilli();
      rows.append(number.applyAsLong(event.channel())).append('\t');
      rows.append(event.id()).append('\t');
      write(rows, event.type()).append("\t\\\\x");
      HEX.formatHex(rows, event.data().getBytes(StandardCharsets.UTF_8)).append('\t');
      write(rows, EventColumns.joinUsers(event.skippedUsers())).append('\t');
      rows.append(at).append('\t').append(slot(at)).append('\n');
    }
    try {
      session
          .connection()
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "COPY " + prefix + "event (channel, id, type, data, skip_users, at, slot) FROM STDIN",
              new StringReader(rows.toString()));
    } catch (IOException e) {
      throw new SQLException("the rows of a copy could not be sent", SqlState.CONNECTION, e);
    }
  }

  private long slot(long at) {
    return Math.max(0, Math.min(PostgresTrimmer.SLOTS, (at - begin) / slotMillis));
  }

  /** As {@code COPY} reads it; null is {@code \N}. */
  private static StringBuilder write(StringBuilder row, @Nullable String text) {
    if (text == null) {
      return row.append("\\N");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> row.append("\\\\");
        case '\t' -> row.append("\\t");
        case '\n' -> row.append("\\n");
        case '\r' -> row.append("\\r");
        default -> row.append(c);
      }
    }
    return row;
  }

  /** What was committed before is durable with the last commit. */
  @Override
  public void finish(Session session) throws SQLException {
    session.update("SET LOCAL synchronous_commit = on");
  }

  @Override
  public void settle() {}

  @Override
  public void batch(Session session, List<IdRange> moved, long at) throws SQLException {
    session.update(
        "INSERT INTO $batch (writer, turn, at, moved) VALUES (0, ?, ?, ?)",
        ++turn,
        at,
        IdRange.write(moved));
  }
}
