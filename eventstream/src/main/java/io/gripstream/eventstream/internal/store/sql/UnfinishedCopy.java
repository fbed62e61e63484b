package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.copy.Unfinished;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The row that a copy into this storage leaves in the meta table until it is finished. */
public final class UnfinishedCopy {
  private UnfinishedCopy() {}

  /** Who copies; null: nobody. */
  static @Nullable String token(Session session) throws SQLException {
    return session.first("SELECT value FROM $meta WHERE name = 'copy'", row -> row.getString(1));
  }

  /** @throws io.gripstream.eventstream.store.StoreException if a copy is not finished */
  public static void check(Session session) throws SQLException {
    if (token(session) != null) {
      throw Unfinished.failure();
    }
  }
}
