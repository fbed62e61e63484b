package io.gripstream.eventstream.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Brings a database to the newest schema. Flyway's own lock does not cover the making of its table,
 * so there is one around all of it, for processes that start at once.
 */
final class PostgresSchema {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
    try {
      return migrateAlone();
    } catch (SQLException e) {
      throw PostgresFailures.of("preparing the schema", e);
    }
  }

  /** Whoever comes second waits, and finds the work done. */
  private String migrateAlone() throws SQLException {
    try (Connection connection = pool.single();
        Session holder = new Session(connection, prefix)) {
      holder.update("SET lock_timeout = " + PATIENCE.toMillis());
      // Held by the connection, so it ends with this process, however that ends.
      holder.first(
          "SELECT pg_advisory_lock(hashtextextended(?, 0))", row -> true, prefix + "migrate");
      Migration.run(pool.dataSource(), "postgresql", prefix);
      return pool.write(Epoch::make);
    }
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
