package io.gripstream.eventstream.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Brings a database to the newest schema; Flyway takes a lock, so that several may start at once.
 */
final class PostgresSchema {
  private final PostgresPool pool;
  private final String prefix;

  PostgresSchema(PostgresPool pool, String prefix) {
    this.pool = pool;
    this.prefix = prefix;
  }

  /** Returns the epoch. Blocks. */
  String migrate() {
    String encoding =
        pool.read(session -> session.first("SHOW server_encoding", row -> row.getString(1)));
    if (!"UTF8".equals(encoding)) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "the database has encoding " + encoding + ", but events need UTF8",
          null);
    }
    String epoch = pool.read(this::epochOfCurrentSchema);
    if (epoch != null) {
      return epoch;
    }
    Migration.run(pool.dataSource(), "postgresql", prefix);
    return pool.write(Epoch::make);
  }

  private @Nullable String epochOfCurrentSchema(Session session) throws SQLException {
    boolean exists = session.number(
            "SELECT count(*) FROM (SELECT to_regclass(?) AS name) t WHERE name IS NOT NULL",
            0,
            prefix + "schema_history")
        == 1;
    return exists ? Epoch.ofCurrentSchema(session) : null;
  }

  String renewEpoch() {
    migrate();
    return pool.write(Epoch::renew);
  }
}
