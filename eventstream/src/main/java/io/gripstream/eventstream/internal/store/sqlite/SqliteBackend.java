package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.internal.store.core.Libraries;
import io.gripstream.eventstream.internal.store.sql.Engine;
import io.gripstream.eventstream.internal.store.sql.SqlBackend;
import io.gripstream.eventstream.internal.store.sql.SqlEventStore;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Finds files of SQLite by URL or by path. */
public final class SqliteBackend extends SqlBackend {
  private static final String PREFIX = "jdbc:sqlite:";
  private static final Libraries LIBRARIES = Libraries.of("SQLite")
      .and("org.xerial:sqlite-jdbc", "org.sqlite.JDBC")
      .and("org.flywaydb:flyway-core", "org.flywaydb.core.Flyway");

  /** Makes a store in this file, which is not started. */
  public EventStore store(Path file, StoreOptions options) {
    return new SqlEventStore(engine(file, options), options);
  }

  @Override
  public boolean accepts(String databaseUrl) {
    return databaseUrl.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
  }

  @Override
  public String form() {
    return PREFIX + "PATH";
  }

  @Override
  protected Engine engine(String databaseUrl, StoreOptions options) {
    return engine(path(databaseUrl.substring(PREFIX.length())), options);
  }

  private static Engine engine(Path file, StoreOptions options) {
    LIBRARIES.require();
    return new SqliteEngine(file, options);
  }

  private static Path path(String path) {
    int parameters = path.indexOf('?');
    if (path.isEmpty() || path.startsWith(":memory:") || parameters >= 0) {
      // A parameter may be a key.
      String shown = parameters < 0 ? path : path.substring(0, parameters) + "?…";
      throw new IllegalArgumentException("database URL \"" + PREFIX + shown
          + "\": must name a file, without parameters, as in jdbc:sqlite:gripstream.db");
    }
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "database URL \"" + PREFIX + path + "\": is not a path", e);
    }
  }
}
