package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Runs the SQL files of a backend that a database does not have yet. */
public final class Migration {
  /** The newest version among the SQL files. */
  static final int NEWEST = 1;

  private Migration() {}

  /**
   * Runs them on this connection, in the current transaction, which stays the caller's.
   *
   * @param owner a class of the backend: the files lie in the folder {@code migration} of its
   *     package
   * @throws SQLException if the database refuses
   * @throws StoreException for any other failure
   */
  public static void run(Connection connection, Class<?> owner, String prefix) throws SQLException {
    try {
      Flyway.configure(owner.getClassLoader())
          .dataSource(new SingleConnection(connection))
          .locations("classpath:" + owner.getPackageName().replace('.', '/') + "/migration")
          .table(prefix + "schema_history")
          .placeholders(Map.of("prefix", prefix))
          // The schema may already have other tables; none of them is Gripstream's.
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate();
    } catch (FlywayException e) {
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        if (cause instanceof SQLException refused) {
          throw refused;
        }
      }
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "the schema of the event store could not be updated: its table " + prefix
              + "schema_history does not fit this version; put back a backup, or choose another table"
              + " prefix (" + e.getErrorCode() + ")",
          e);
    }
  }
}
