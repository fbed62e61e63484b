package io.gripstream.eventstream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The libraries that a storage needs and that an application names itself, so that it has those of
 * its own storage only. They are optional dependencies in our POM.
 */
final class StorageDependencies {
  private static final Map<String, String> SQLITE = new LinkedHashMap<>();
  private static final Map<String, String> POSTGRES = new LinkedHashMap<>();

  static {
    SQLITE.put("org.xerial:sqlite-jdbc", "org.sqlite.JDBC");
    SQLITE.put("org.flywaydb:flyway-core", "org.flywaydb.core.Flyway");
    POSTGRES.put("org.postgresql:postgresql", "org.postgresql.PGConnection");
    POSTGRES.put("com.zaxxer:HikariCP", "com.zaxxer.hikari.HikariDataSource");
    POSTGRES.put("org.flywaydb:flyway-core", "org.flywaydb.core.Flyway");
    POSTGRES.put(
        "org.flywaydb:flyway-database-postgresql",
        "org.flywaydb.database.postgresql.PostgreSQLDatabaseType");
  }

  private StorageDependencies() {}

  /** @throws IllegalStateException that names what is missing, if anything is */
  static void requireSqlite() {
    require("SQLite", SQLITE);
  }

  /** @throws IllegalStateException that names what is missing, if anything is */
  static void requirePostgres() {
    require("PostgreSQL", POSTGRES);
  }

  private static void require(String storage, Map<String, String> artifacts) {
    List<String> missing = new ArrayList<>();
    artifacts.forEach((artifact, type) -> {
      if (!isThere(type)) {
        missing.add(artifact);
      }
    });
    if (!missing.isEmpty()) {
      throw new IllegalStateException("storage in " + storage + " needs "
          + (missing.size() == 1 ? "a library that is" : "libraries that are")
          + " not on the class path: add " + String.join(", ", missing)
          + " to the dependencies of your application");
    }
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(type, false, StorageDependencies.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
