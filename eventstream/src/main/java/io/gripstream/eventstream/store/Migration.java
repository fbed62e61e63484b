package io.gripstream.eventstream.store;

import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Runs the SQL files of a backend that a database has not seen yet. */
final class Migration {
  /** The newest version among the SQL files. */
  static final int NEWEST = 1;

  private Migration() {}

  /**
   * @throws SQLException what the database refused
   * @throws StoreException if it is something else
   */
  static void run(DataSource database, String backend, String prefix) throws SQLException {
    try {
      Flyway.configure(Migration.class.getClassLoader())
          .dataSource(database)
          .locations("classpath:io/gripstream/eventstream/store/" + backend)
          .table(prefix + "schema_history")
          .placeholders(Map.of("prefix", prefix))
          // Others' tables may be there already; none of them is ours.
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
          "the schema of the event store could not be brought up to date: "
              + String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " "),
          e);
    }
  }
}
