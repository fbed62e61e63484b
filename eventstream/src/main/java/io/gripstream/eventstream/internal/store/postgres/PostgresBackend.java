package io.gripstream.eventstream.internal.store.postgres;

import io.gripstream.eventstream.internal.store.core.Libraries;
import io.gripstream.eventstream.internal.store.sql.Engine;
import io.gripstream.eventstream.internal.store.sql.SqlBackend;
import io.gripstream.eventstream.store.StoreOptions;

/** Finds databases of PostgreSQL by URL. */
public final class PostgresBackend extends SqlBackend {
  private static final Libraries LIBRARIES = Libraries.of("PostgreSQL")
      .and("org.postgresql:postgresql", "org.postgresql.PGConnection")
      .and("com.zaxxer:HikariCP", "com.zaxxer.hikari.HikariDataSource")
      .and("org.flywaydb:flyway-core", "org.flywaydb.core.Flyway")
      .and(
          "org.flywaydb:flyway-database-postgresql",
          "org.flywaydb.database.postgresql.PostgreSQLDatabaseType");

  @Override
  public boolean accepts(String databaseUrl) {
    return PostgresUrl.isOne(databaseUrl);
  }

  @Override
  public String form() {
    return "postgres://USER:PASSWORD@HOST/DATABASE";
  }

  @Override
  protected Engine engine(String databaseUrl, StoreOptions options) {
    LIBRARIES.require();
    return new PostgresEngine(PostgresUrl.jdbc(databaseUrl), options);
  }
}
