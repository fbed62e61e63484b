package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.store.core.Backend;
import io.gripstream.eventstream.internal.store.core.MemoryEventStore;
import io.gripstream.eventstream.internal.store.postgres.PostgresBackend;
import io.gripstream.eventstream.internal.store.sqlite.SqliteBackend;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

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
  private static final SqliteBackend SQLITE = new SqliteBackend();
  private static final PostgresBackend POSTGRES = new PostgresBackend();

  /** Another kind of storage is one more of these. */
  private static final List<Backend> BACKENDS = List.of(SQLITE, POSTGRES);

  private EventStores() {}

  /** As {@link #of(String, StoreOptions)}, with all defaults: kept for 24 h. */
  public static EventStore of(String databaseUrl) {
    return of(databaseUrl, StoreOptions.DEFAULT);
  }

  /**
   * The store that a database URL names. It opens nothing: that is done by
   * {@link EventStore#start}, or by the event stream that gets the store.
   *
   * @param databaseUrl {@code jdbc:sqlite:PATH}, or {@code postgres://USER:PASSWORD@HOST/DATABASE}
   *     (or {@code postgresql://…}, percent-encoded as {@code psql} wants it), or
   *     {@code jdbc:postgresql://HOST[:PORT]/DATABASE?user=…&password=…}
   * @throws IllegalArgumentException if it is neither; the message does not repeat what may be
   *     secret
   * @throws IllegalStateException if the libraries of that storage are not on the class path; the
   *     message names the dependencies to add
   */
  public static EventStore of(String databaseUrl, StoreOptions options) {
    return backend(databaseUrl).store(databaseUrl, options);
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
    return SQLITE.store(file, options);
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
    if (!POSTGRES.accepts(url)) {
      throw unknown(url);
    }
    return POSTGRES.store(url, options);
  }

  /** The same as {@link #memory(StoreOptions)} with the defaults. */
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
   * @throws IllegalArgumentException as {@link #of(String, StoreOptions)}
   */
  public static String migrate(String databaseUrl, StoreOptions options) {
    return backend(databaseUrl).migrate(databaseUrl, options);
  }

  /**
   * Gives the storage a new identity, after a backup was put back: every client that holds a
   * position learns that it is worth nothing any more, even where the counters have grown past it.
   * Returns the new epoch. Blocks. No process may have the store open meanwhile.
   *
   * @throws StoreException if that is not possible
   * @throws IllegalArgumentException as {@link #of(String, StoreOptions)}
   */
  public static String renewEpoch(String databaseUrl, StoreOptions options) {
    return backend(databaseUrl).renewEpoch(databaseUrl, options);
  }

  /**
   * Whether another process, or another store of this one, is known to have the storage open. Of
   * PostgreSQL behind a pooler, or with another role, nobody knows, and the answer is false.
   * Blocks.
   *
   * @throws StoreException if the storage cannot be opened
   * @throws IllegalArgumentException as {@link #of(String, StoreOptions)}
   */
  public static boolean isInUse(String databaseUrl, StoreOptions options) {
    return backend(databaseUrl).isInUse(databaseUrl, options);
  }

  /** Whether a database URL begins as one of a known kind of storage. */
  public static boolean accepts(String databaseUrl) {
    return BACKENDS.stream().anyMatch(backend -> backend.accepts(databaseUrl));
  }

  /** How database URLs are written, for messages: one for each kind of storage. */
  public static List<String> forms() {
    return BACKENDS.stream().map(Backend::form).toList();
  }

  private static Backend backend(String databaseUrl) {
    return BACKENDS.stream()
        .filter(backend -> backend.accepts(databaseUrl))
        .findFirst()
        .orElseThrow(() -> unknown(databaseUrl));
  }

  private static IllegalArgumentException unknown(String databaseUrl) {
    return new IllegalArgumentException("database URL beginning with \"" + scheme(databaseUrl)
        + "\": must be " + String.join(" or ", forms()));
  }

  /** Up to the first colon: what follows may contain a password. */
  private static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon < 0 ? "(no scheme)" : url.substring(0, colon + 1).toLowerCase(Locale.ROOT);
  }
}
