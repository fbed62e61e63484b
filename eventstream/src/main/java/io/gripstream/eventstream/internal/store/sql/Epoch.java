package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.RandomEpoch;
import io.gripstream.eventstream.internal.store.core.ReplacedStorage;
import io.gripstream.eventstream.store.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The identity of a storage, kept in its meta table. */
public final class Epoch {
  private Epoch() {}

  /** The epoch if the schema is the newest one, without starting Flyway; else null. */
  public static @Nullable String ofCurrentSchema(Session session) {
    try {
      long newest = session.number(
          "SELECT count(*) FROM $schema_history WHERE version = ? AND success",
          0,
          String.valueOf(Migration.NEWEST));
      return newest == 0 ? null : read(session);
    } catch (SQLException e) {
      // Most likely the table does not exist yet. Otherwise the migration reports the fault.
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
   * Checks that the storage was not replaced, by a backup or another one: this process would
   * remember wrong numbers.
   *
   * @throws StoreException if the epoch is not the opened one
   */
  public static void check(String opened, @Nullable String found) {
    if (!opened.equals(found)) {
      throw ReplacedStorage.failure(opened, found);
    }
  }

  public static String renew(Session session) throws SQLException {
    String renewed = RandomEpoch.make();
    session.update("UPDATE $meta SET value = ? WHERE name = 'epoch'", renewed);
    return renewed;
  }
}
