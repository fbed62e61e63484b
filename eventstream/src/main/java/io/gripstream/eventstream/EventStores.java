package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.store.core.MemoryEventStore;
import io.gripstream.eventstream.internal.store.postgres.PostgresEngine;
import io.gripstream.eventstream.internal.store.postgres.PostgresUrl;
import io.gripstream.eventstream.internal.store.sql.Engine;
import io.gripstream.eventstream.internal.store.sql.SqlEventStore;
import io.gripstream.eventstream.internal.store.sqlite.SqliteEngine;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;

/**
 * The one door to the backends. Making a store does no I/O; {@link EventStore#start} does.
 *
 * <p>An application names the libraries of its storage as dependencies of its own. For SQLite:
 * {@code org.xerial:sqlite-jdbc} and {@code org.flywaydb:flyway-core}. For PostgreSQL:
 * {@code org.postgresql:postgresql}, {@code com.zaxxer:HikariCP}, {@code org.flywaydb:flyway-core}
 * and {@code org.flywaydb:flyway-database-postgresql}. If one is missing, every method that names
 * such a storage throws an {@link IllegalStateException} that says which.
 */
public final class EventStores {
  private static final String SQLITE = "jdbc:sqlite:";

  private EventStores() {}

  /**
   * The store that a database URL names.
   *
   * @param databaseUrl {@code jdbc:sqlite:PATH}, or {@code postgres://USER:PASSWORD@HOST/DATABASE}
   *     (or {@code postgresql://…}, percent-encoded as {@code psql} wants it), or
   *     {@code jdbc:postgresql://HOST[:PORT]/DATABASE?user=…&password=…}
   * @throws IllegalArgumentException if it is neither; the message does not repeat what may be
   *     secret
   * @throws IllegalStateException if the libraries of that storage are not on the class path; the
   *     message names the dependencies to add
   */
  public static EventStore open(String databaseUrl, StoreOptions options) {
    return new SqlEventStore(engine(databaseUrl, options), options);
  }

  /** Events in a file of this machine, kept for 24 h, safe against power cuts. */
  public static EventStore sqlite(Path file) {
    return sqlite(file, StoreOptions.DEFAULT);
  }

  /**
   * Events in a file of this machine; several processes may open it at once, none over a network
   * file system. The file is made if need be, its folder is not.
   */
  public static EventStore sqlite(Path file, StoreOptions options) {
    return new SqlEventStore(sqliteEngine(file, options), options);
  }

  /**
   * Events in a PostgreSQL database, version 14 or newer, encoding UTF-8, kept for 24 h.
   *
   * @param url {@code jdbc:postgresql://HOST[:PORT]/DATABASE?user=…&password=…} or
   *     {@code postgres://USER:PASSWORD@HOST/DATABASE}
   */
  public static EventStore postgres(String url) {
    return postgres(url, StoreOptions.DEFAULT);
  }

  /** Events in a PostgreSQL database; see {@link #postgres(String)}. */
  public static EventStore postgres(String url, StoreOptions options) {
    if (!PostgresUrl.isOne(url)) {
      throw unknown(url);
    }
    return new SqlEventStore(postgresEngine(url, options), options);
  }

  /** Events in the memory of this process, gone with it: for tests. */
  public static EventStore memory() {
    return memory(StoreOptions.DEFAULT);
  }

  /** Events in the memory of this process, gone with it: for tests. */
  public static EventStore memory(StoreOptions options) {
    return new MemoryEventStore(options);
  }

  /**
   * Brings the schema up to date, as {@link EventStore#start} does, and nothing else; returns the
   * epoch. Blocks. Several processes may do this at once.
   *
   * @throws StoreException if that is not possible
   * @throws IllegalArgumentException as {@link #open}
   */
  public static String migrate(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, Engine::open);
  }

  /**
   * Gives the storage a new identity, after a backup was put back: every client that holds a
   * position learns that it is worth nothing any more, even where the counters have grown past it.
   * Returns the new epoch. Blocks. No process may have the store open meanwhile.
   *
   * @throws StoreException if that is not possible
   * @throws IllegalArgumentException as {@link #open}
   */
  public static String renewEpoch(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, Engine::renewEpoch);
  }

  /**
   * Whether another process, or another store of this one, is known to have the storage open.
   * SQLite can tell; of PostgreSQL nobody knows, and the answer is false. Blocks.
   *
   * @throws StoreException if the storage cannot be opened
   * @throws IllegalArgumentException as {@link #open}
   */
  public static boolean isInUse(String databaseUrl, StoreOptions options) {
    return once(databaseUrl, options, Engine::isInUse);
  }

  private static <T> T once(String databaseUrl, StoreOptions options, Function<Engine, T> action) {
    Engine engine = engine(databaseUrl, options);
    try {
      return action.apply(engine);
    } finally {
      engine.close();
    }
  }

  private static Engine engine(String databaseUrl, StoreOptions options) {
    if (databaseUrl.startsWith(SQLITE)) {
      return sqliteEngine(sqlitePath(databaseUrl.substring(SQLITE.length())), options);
    }
    if (PostgresUrl.isOne(databaseUrl)) {
      return postgresEngine(databaseUrl, options);
    }
    throw unknown(databaseUrl);
  }

  private static Engine sqliteEngine(Path file, StoreOptions options) {
    StorageDependencies.requireSqlite();
    return new SqliteEngine(file, options);
  }

  private static Engine postgresEngine(String url, StoreOptions options) {
    StorageDependencies.requirePostgres();
    return new PostgresEngine(PostgresUrl.jdbc(url), options);
  }

  private static IllegalArgumentException unknown(String databaseUrl) {
    return new IllegalArgumentException("database URL beginning with \"" + scheme(databaseUrl)
        + "\": must be jdbc:sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE"
        + (databaseUrl.startsWith("redis") ? "; Redis is not supported yet" : ""));
  }

  private static Path sqlitePath(String path) {
    if (path.isEmpty() || path.startsWith(":memory:") || path.indexOf('?') >= 0) {
      throw new IllegalArgumentException("database URL \"" + SQLITE + path
          + "\": must name a file, without parameters, as in jdbc:sqlite:gripstream.db");
    }
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("database URL \"" + SQLITE + path + "\": no path", e);
    }
  }

  /** Up to the first colon: what follows may contain a password. */
  private static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon < 0 ? "(no scheme)" : url.substring(0, colon + 1).toLowerCase(Locale.ROOT);
  }
}
