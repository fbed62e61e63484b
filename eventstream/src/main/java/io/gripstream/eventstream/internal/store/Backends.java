package io.gripstream.eventstream.internal.store;

import io.gripstream.eventstream.internal.store.core.Backend;
import io.gripstream.eventstream.internal.store.postgres.PostgresBackend;
import io.gripstream.eventstream.internal.store.redis.RedisBackend;
import io.gripstream.eventstream.internal.store.sqlite.SqliteBackend;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Not API. The kinds of storage, found by a database URL; also for the settings of the server. */
public final class Backends {
  public static final SqliteBackend SQLITE = new SqliteBackend();
  public static final PostgresBackend POSTGRES = new PostgresBackend();
  public static final RedisBackend REDIS = new RedisBackend();

  /** To add a kind of storage, add it here. */
  private static final List<Backend> ALL = List.of(SQLITE, POSTGRES, REDIS);

  private Backends() {}

  /**
   * Returns the backend of a database URL.
   *
   * @throws IllegalArgumentException if there is none; the message does not repeat possible secrets
   */
  public static Backend of(String databaseUrl) {
    Objects.requireNonNull(databaseUrl, "there is no database URL (null)");
    return ALL.stream()
        .filter(backend -> backend.accepts(databaseUrl))
        .findFirst()
        .orElseThrow(() -> unknown(databaseUrl));
  }

  /** Returns whether a database URL has the beginning of a supported storage. */
  public static boolean accept(String databaseUrl) {
    return ALL.stream().anyMatch(backend -> backend.accepts(databaseUrl));
  }

  /** Returns the forms of database URLs, for messages: one for each kind of storage. */
  public static List<String> forms() {
    return ALL.stream().map(Backend::form).toList();
  }

  /** The error for a URL that no backend, or not the wanted one, accepts. */
  public static IllegalArgumentException unknown(String url) {
    return new IllegalArgumentException("database URL beginning with \"" + scheme(url)
        + "\": must be " + String.join(" or ", forms()));
  }

  /** Returns the part before the first colon: the rest may contain a password. */
  private static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon < 0 ? "(no scheme)" : url.substring(0, colon + 1).toLowerCase(Locale.ROOT);
  }
}
