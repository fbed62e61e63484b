package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.RandomEpoch;
import io.gripstream.eventstream.store.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The identity of a storage, kept in its meta table. */
public final class Epoch {
  private Epoch() {}

  /** The epoch if the schema is the newest one, without waking Flyway; else null. */
  public static @Nullable String ofCurrentSchema(Session session) {
    try {
      long newest = session.number(
          "SELECT count(*) FROM $schema_history WHERE version = ? AND success",
          0,
          String.valueOf(Migration.NEWEST));
      return newest == 0 ? null : read(session);
    } catch (SQLException e) {
      // Most likely there is no such table yet. If it is something else, migrating says what.
      return null;
    }
  }

  public static @Nullable String read(Session session) throws SQLException {
    return session.first("SELECT value FROM $meta WHERE name = 'epoch'", row -> row.getString(1));
  }

  /** Makes it if there is none. */
  public static String make(Session session) throws SQLException {
    session.update(
        "INSERT INTO $meta (name, value) VALUES ('epoch', ?) ON CONFLICT (name) DO NOTHING",
        RandomEpoch.make());
    String epoch = read(session);
    if (epoch == null) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE, "the epoch was removed while it was made", null);
    }
    return epoch;
  }

  /**
   * A backup was put back, or another storage took the place of the one that was opened: what this
   * process remembers of it is wrong.
   *
   * @throws StoreException if the epoch is not the one that was opened
   */
  public static void check(String opened, @Nullable String found) {
    if (!opened.equals(found)) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "the storage was replaced while it was in use (its epoch is " + found + ", not " + opened
              + "); start this process again",
          null);
    }
  }

  public static String renew(Session session) throws SQLException {
    String renewed = RandomEpoch.make();
    session.update("UPDATE $meta SET value = ? WHERE name = 'epoch'", renewed);
    return renewed;
  }
}
