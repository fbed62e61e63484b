package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A row of the outbox, as it was read. People may write such rows by hand, so it is checked. */
public record OutboxRow(
    long id,
    String channel,
    String type,
    String data,
    @Nullable String skipUsers,
    byte @Nullable [] key) {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRow.class);
  private static final int ROWS_PER_TURN = 500;
  private static final String OLDEST =
      "SELECT id, channel, type, data, skip_users, idempotency_key FROM $outbox"
          + " WHERE refused IS NULL ORDER BY id LIMIT " + ROWS_PER_TURN;

  private Draft draft() {
    return Draft.of(channel, type, data)
        .skipping(EventColumns.splitUsers(skipUsers))
        .idempotencyKey(key == null ? null : new String(key, StandardCharsets.UTF_8));
  }

  /**
   * Removes some rows, in the order of their coming, and returns their drafts; a row that can never
   * be one stays, marked with the reason.
   *
   * @param data how the database reads text of any length
   */
  public static List<Draft> take(Session session, Text data) throws SQLException {
    List<OutboxRow> rows = session.list(
        OLDEST,
        row -> new OutboxRow(
            row.getLong(1),
            row.getString(2),
            row.getString(3),
            data.of(row, 4),
            row.getString(5),
            row.getBytes(6)));
    return drafts(session, rows);
  }

  /** The text in a column. */
  public interface Text {
    String of(ResultSet row, int column) throws SQLException;
  }

  private static List<Draft> drafts(Session session, List<OutboxRow> rows) throws SQLException {
    List<Draft> drafts = new ArrayList<>(rows.size());
    List<Long> taken = new ArrayList<>(rows.size());
    for (OutboxRow row : rows) {
      try {
        drafts.add(row.draft());
        taken.add(row.id);
      } catch (IllegalArgumentException e) {
        LOG.error("Row {} of the outbox cannot be sent: {}", row.id, e.getMessage());
        session.update("UPDATE $outbox SET refused = ? WHERE id = ?", e.getMessage(), row.id);
      }
    }
    session.updateByNumbers("DELETE FROM $outbox WHERE id IN (NUMBERS)", taken);
    return drafts;
  }
}
