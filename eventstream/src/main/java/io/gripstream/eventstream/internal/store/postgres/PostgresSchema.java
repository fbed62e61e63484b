package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.internal.store.sql.Epoch;
import io.gripstream.eventstream.internal.store.sql.Migration;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Brings a database to the newest schema. Flyway's own lock does not cover the creation of its
 * table, so a transaction with a lock surrounds everything, for processes that start at once.
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

  /**
   * Everything in one transaction, whose lock ends with it. A second process waits and finds the
   * work done.
   */
  private String migrateAlone() throws SQLException {
    try (Connection connection = pool.patient();
        Session session = new Session(connection, prefix)) {
      connection.setAutoCommit(false);
      session.update("SET LOCAL lock_timeout = " + PATIENCE.toMillis());
      session.first(
          "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", row -> true, prefix + "migrate");
      String known = epochOfCurrentSchema(session);
      if (known != null) {
        return known;
      }
      checkRights(session);
      Migration.run(connection, PostgresSchema.class, prefix);
      String epoch = Epoch.make(session);
      connection.commit();
      return epoch;
    }
  }

  /** Refuses earlier and more briefly than Flyway would. */
  private static void checkRights(Session session) throws SQLException {
    String problem = session.first("""
        SELECT CASE
          WHEN current_schema() IS NULL THEN format(
            'there is no schema that the role %I may use: let an administrator run'
            ' CREATE SCHEMA AUTHORIZATION %I; or name one with currentSchema=NAME in the URL',
            current_user, current_user)
          WHEN NOT has_schema_privilege(current_schema(), 'CREATE') THEN format(
            'the role %I may not create tables in schema %I: let the owner of the database run'
            ' GRANT CREATE ON SCHEMA %I TO %I; or name another schema with currentSchema=NAME'
            ' in the URL',
            current_user, current_schema(), current_schema(), current_user)
          END""", row -> row.getString(1));
    if (problem != null) {
      throw new StoreException(StoreException.Kind.UNAVAILABLE, problem, null);
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
