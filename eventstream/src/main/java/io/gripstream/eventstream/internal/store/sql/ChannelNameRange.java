package io.gripstream.eventstream.internal.store.sql;

import java.sql.SQLException;
import java.util.List;

/** Channels by the beginning of their names: a range of the index. */
public final class ChannelNameRange {
  /** The last character that there is; no name has it behind a prefix and something after it. */
  private static final String LAST = "\uDBFF\uDFFF";

  private ChannelNameRange() {}

  public static List<String> of(Session session, String prefix, int limit) throws SQLException {
    return session.list(
        "SELECT name FROM $channel WHERE name >= ? AND name <= ? ORDER BY name LIMIT ?",
        row -> row.getString(1),
        prefix,
        prefix + LAST,
        limit);
  }
}
