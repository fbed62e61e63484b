package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.core.Outcome;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some rows of the outbox that become events in this transaction. Rows can be written by hand, so
 * they are checked. Several channels of a row are lines of one text: no name has a line break.
 */
public final class OutboxRows {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRows.class);
  private static final int ROWS_PER_TURN = 500;
  private static final String OLDEST =
      "SELECT id, channel, type, data, skip_users, idempotency_key FROM $outbox"
          + " WHERE refused IS NULL ORDER BY id LIMIT " + ROWS_PER_TURN;

  private final Session session;
  private final List<Long> ids = new ArrayList<>();
  private final List<Draft> drafts = new ArrayList<>();

  private OutboxRows(Session session) {
    this.session = session;
  }

  /** The text in a column. */
  public interface Text {
    String of(ResultSet row, int column) throws SQLException;
  }

  private record Read(
      long id,
      String channels,
      String type,
      String data,
      @Nullable String skipUsers,
      byte @Nullable [] key) {
    Draft draft() {
      return Draft.of(List.of(channels.split("\n", -1)), type, data)
          .withSkippedUsers(EventColumns.splitUsers(skipUsers))
          .withIdempotencyKey(key == null ? null : new String(key, StandardCharsets.UTF_8));
    }
  }

  /** The text for the column of channels. */
  public static String channels(Draft draft) {
    return String.join("\n", draft.channels());
  }

  /**
   * Reads some rows, in the order of their arrival. A row that can never be a draft is marked with
   * the reason.
   *
   * @param data how the database reads text of any length
   */
  public static OutboxRows read(Session session, Text data) throws SQLException {
    OutboxRows rows = new OutboxRows(session);
    for (Read row : session.list(
        OLDEST,
        found -> new Read(
            found.getLong(1),
            found.getString(2),
            found.getString(3),
            data.of(found, 4),
            found.getString(5),
            found.getBytes(6)))) {
      try {
        rows.drafts.add(row.draft());
        rows.ids.add(row.id);
      } catch (IllegalArgumentException e) {
        rows.refuse(row.id, e);
      }
    }
    return rows;
  }

  /** No rows at all. */
  public static OutboxRows none(Session session) {
    return new OutboxRows(session);
  }

  public List<Draft> drafts() {
    return drafts;
  }

  /** Removes the rows that are events now, and marks the others. */
  public void finish(List<Outcome> outcomes) throws SQLException {
    List<Long> done = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      if (outcomes.get(i) instanceof Outcome.Refused refused) {
        refuse(ids.get(i), refused.why());
      } else {
        done.add(ids.get(i));
      }
    }
    session.updateByNumbers("DELETE FROM $outbox WHERE id IN (NUMBERS)", done);
  }

  private void refuse(long id, IllegalArgumentException why) throws SQLException {
    LOG.error("Row {} of the outbox cannot be sent: {}", id, why.getMessage());
    session.update("UPDATE $outbox SET refused = ? WHERE id = ?", why.getMessage(), id);
  }
}
