package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.store.Backends;
import io.gripstream.eventstream.internal.store.copy.CopySource;
import io.gripstream.eventstream.internal.store.copy.Copying;
import io.gripstream.eventstream.internal.store.core.MemoryEventStore;
import io.gripstream.eventstream.internal.store.sql.DjangoSource;
import io.gripstream.eventstream.store.CopyReport;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Makes stores. Making a store does no I/O; {@link EventStore#start} does.
 *
 * <p>An application adds the libraries of its storage as its own dependencies. For SQLite:
 * {@code org.xerial:sqlite-jdbc} and {@code org.flywaydb:flyway-core}. For PostgreSQL:
 * {@code org.postgresql:postgresql}, {@code com.zaxxer:HikariCP}, {@code org.flywaydb:flyway-core}
 * and {@code org.flywaydb:flyway-database-postgresql}. For Redis: {@code io.lettuce:lettuce-core}.
 * If one is missing, every method that needs this storage throws an {@link IllegalStateException}
 * that names it.
 */
public final class EventStores {
  private EventStores() {}

  /** Same as {@link #of(String, StoreOptions)} with all defaults: events are kept for 24 h. */
  public static EventStore of(String databaseUrl) {
    return of(databaseUrl, StoreOptions.DEFAULT);
  }

  /**
   * Makes the store that a database URL names. Does no I/O. The event stream that gets the store
   * opens the storage; without one, call {@link EventStore#start}.
   *
   * @param databaseUrl {@code jdbc:sqlite:PATH}, or {@code postgres://USER:PASSWORD@HOST/DATABASE}
   *     (or {@code postgresql://…}, percent-encoded as for {@code psql}), or
   *     {@code jdbc:postgresql://HOST[:PORT]/DATABASE?user=…&password=…}, or a URL of Redis as
   *     {@link #redis(String)} takes it
   * @throws IllegalArgumentException if it is none of these; the message does not repeat possible
   *     secrets
   * @throws IllegalStateException if the libraries of that storage are not on the class path; the
   *     message names the dependencies to add
   */
  public static EventStore of(String databaseUrl, StoreOptions options) {
    return Backends.of(databaseUrl).store(databaseUrl, options);
  }

  /**
   * Makes a store in a file on this machine, with all defaults: events are kept for 24 h and
   * survive power cuts.
   */
  public static EventStore sqlite(Path file) {
    return sqlite(file, StoreOptions.DEFAULT);
  }

  /**
   * Makes a store in a file on this machine. Several processes may open it at once, but not over a
   * network file system. The file is created if necessary, its folder is not.
   */
  public static EventStore sqlite(Path file, StoreOptions options) {
    return Backends.SQLITE.store(file, options);
  }

  /**
   * Makes a store in a PostgreSQL database (version 14 or newer, encoding UTF-8), with all
   * defaults: events are kept for 24 h.
   *
   * @param url {@code jdbc:postgresql://HOST[:PORT]/DATABASE?user=…&password=…} or
   *     {@code postgres://USER:PASSWORD@HOST/DATABASE}
   */
  public static EventStore postgres(String url) {
    return postgres(url, StoreOptions.DEFAULT);
  }

  /** Makes a store in a PostgreSQL database; see {@link #postgres(String)}. */
  public static EventStore postgres(String url, StoreOptions options) {
    if (!Backends.POSTGRES.accepts(url)) {
      throw Backends.unknown(url);
    }
    return Backends.POSTGRES.store(url, options);
  }

  /**
   * Makes a store in Redis 7 or newer, or in Valkey, with all defaults: events are kept for 24 h.
   * The settings of the server decide whether an acknowledged event survives a crash. With
   * {@link io.gripstream.eventstream.store.Durability#FULL}, the default, the start fails if the
   * server may lose one.
   *
   * @param url one server: {@code redis://USER:PASSWORD@HOST[:PORT][/NUMBER]}. A Redis Cluster:
   *     {@code redis://USER:PASSWORD@HOST[:PORT],HOST[:PORT],…}, some of its nodes. The master that
   *     Sentinels know: {@code redis-sentinel://USER:PASSWORD@HOST[:PORT],…[/NUMBER]#NAME}; without
   *     a name, {@code mymaster}. {@code rediss} instead of {@code redis}: over TLS. User and
   *     password are percent-encoded. Parameters behind a {@code ?}: {@code durability}
   *     ({@code relaxed} overrides the options), {@code wait_replicas} (number of replicas that
   *     have an event when it is acknowledged; default 0), {@code ssl_ca} (a file of trusted
   *     certificates), {@code sentinel_password}
   */
  public static EventStore redis(String url) {
    return redis(url, StoreOptions.DEFAULT);
  }

  /** Makes a store in Redis; see {@link #redis(String)}. */
  public static EventStore redis(String url, StoreOptions options) {
    if (!Backends.REDIS.accepts(url)) {
      throw Backends.unknown(url);
    }
    return Backends.REDIS.store(url, options);
  }

  /** Same as {@link #memory(StoreOptions)} with all defaults. */
  public static EventStore memory() {
    return memory(StoreOptions.DEFAULT);
  }

  /** Makes a store in the memory of this process, for tests. Its events end with the process. */
  public static EventStore memory(StoreOptions options) {
    return new MemoryEventStore(options);
  }

  /**
   * Brings the schema up to date, as {@link EventStore#start} does, and returns the epoch. Blocks.
   * Several processes may do this at once.
   *
   * @throws StoreException if that is not possible
   * @throws IllegalArgumentException as {@link #of(String, StoreOptions)}
   */
  public static String migrate(String databaseUrl, StoreOptions options) {
    return Backends.of(databaseUrl).migrate(databaseUrl, options);
  }

  /**
   * Gives the storage a new epoch and returns it. Call it after you restored a backup: it resets
   * every client with an older position, even if the ids have grown past that position. Blocks. No
   * process may have the store open.
   *
   * @throws StoreException if that is not possible
   * @throws IllegalArgumentException as {@link #of(String, StoreOptions)}
   */
  public static String renewEpoch(String databaseUrl, StoreOptions options) {
    return Backends.of(databaseUrl).renewEpoch(databaseUrl, options);
  }

  /**
   * Returns whether another process, or another store of this process, is known to have the storage
   * open. False if this cannot be known, as with PostgreSQL behind a pooler, or with a program that
   * uses another role. Blocks.
   *
   * @throws StoreException if the storage cannot be opened
   * @throws IllegalArgumentException as {@link #of(String, StoreOptions)}
   */
  public static boolean isInUse(String databaseUrl, StoreOptions options) {
    return Backends.of(databaseUrl).isInUse(databaseUrl, options);
  }

  /**
   * Copies a storage into another one: channels with the ids and times of their events, idempotency
   * keys, revocations, signing keys, what proxies confirmed, and the epoch. So clients and proxies
   * resume as if nothing had happened, once servers use the copy. Each channel is read back and
   * compared. Blocks; keeps at most one page of events in memory, for storages of any size.
   *
   * <p>No process may have either storage open. Until the copy is finished, no store opens it. If a
   * copy stops early, call this again: it starts from the beginning. {@code from} is not changed.
   * Do not use both afterwards, because they would give the same ids to different events.
   *
   * @param from a database URL as {@link #of(String, StoreOptions)} takes it; or {@code django:}
   *     and the URL of a database with the tables of django-eventstream, of which ids are kept
   * @param to a database URL; there must be no events yet, and its schema is made
   * @param options the retention and table prefix of both
   * @param progress gets a report without an epoch now and then, on this thread
   * @throws StoreException if a storage failed, or nothing may be copied; the message begins with
   *     {@code FROM} or {@code TO}
   * @throws IllegalArgumentException as {@link #of(String, StoreOptions)}
   */
  public static CopyReport copy(
      String from, String to, StoreOptions options, Consumer<CopyReport> progress) {
    return Copying.copy(
        source(from, options),
        new Copying.Place<>(
            () -> Backends.of(to).isInUse(to, options), () -> Backends.of(to).target(to, options)),
        progress);
  }

  private static Copying.Place<CopySource> source(String from, StoreOptions options) {
    if (DjangoSource.accepts(from)) {
      String database = DjangoSource.database(from);
      return new Copying.Place<>(
          () -> isInUseByDjango(database), () -> Backends.of(database).django(database, options));
    }
    return new Copying.Place<>(
        () -> Backends.of(from).isInUse(from, options),
        () -> Backends.of(from).source(from, options));
  }

  /** What Django does there cannot be seen. */
  private static boolean isInUseByDjango(String database) {
    if (!Backends.SQLITE.accepts(database) && !Backends.POSTGRES.accepts(database)) {
      throw new IllegalArgumentException(
          "behind \"django:\" must be " + Backends.SQLITE.form() + " or " + Backends.POSTGRES.form()
              + "; tables in another kind of database cannot be read");
    }
    return false;
  }
}
