package io.gripstream.eventstream.internal.store.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is, and what it is asked for: {@code redis://USER:PASSWORD@HOST:PORT/NUMBER}, or
 * {@code rediss://…} over TLS.
 *
 * @param user null: the default one
 * @param password null: none
 * @param authority a file with the certificates that are trusted; null: those of the JVM
 * @param isRelaxed whether the address asks for less than what the options say
 * @param replicas how many replicas have an event when it is acknowledged
 */
record RedisAddress(
    String host,
    int port,
    boolean isTls,
    @Nullable String user,
    @Nullable String password,
    int database,
    @Nullable String authority,
    boolean isRelaxed,
    int replicas) {
  static final String FORM = "redis://USER:PASSWORD@HOST";

  private static final List<String> SCHEMES = List.of("redis://", "rediss://");
  private static final List<String> PARAMETERS = List.of("durability", "wait_replicas", "ssl_ca");
  private static final int DEFAULT_PORT = 6379;
  private static final int MOST_REPLICAS = 100;

  static boolean isOne(String url) {
    return SCHEMES.stream()
        .anyMatch(scheme -> url.regionMatches(true, 0, scheme, 0, scheme.length()));
  }

  /** @throws IllegalArgumentException if it is none; the message has nothing secret */
  static RedisAddress parse(String url) {
    URI uri = uri(url);
    String host = uri.getHost();
    if (host == null) {
      throw wrong("it names no host; write " + FORM + ", and %-encode what a password has of"
          + " / ? # @ : and %");
    }
    Map<String, String> parameters = parameters(uri.getRawQuery());
    String[] login = login(uri.getRawUserInfo());
    return new RedisAddress(
        host,
        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
        uri.getScheme().toLowerCase(Locale.ROOT).equals("rediss"),
        login[0].isEmpty() ? null : login[0],
        login[1].isEmpty() ? null : login[1],
        database(uri.getPath()),
        parameters.get("ssl_ca"),
        isRelaxed(parameters.getOrDefault("durability", "full")),
        number(parameters.getOrDefault("wait_replicas", "0"), "wait_replicas", MOST_REPLICAS));
  }

  private static URI uri(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // Its message has the whole address.
      throw wrong("it has a character that must be %-encoded, or a \"%\" that no two hex digits"
          + " follow");
    }
  }

  private static String[] login(@Nullable String info) {
    if (info == null) {
      return new String[] {"", ""};
    }
    int colon = info.indexOf(':');
    return colon < 0
        ? new String[] {"", decoded(info)}
        : new String[] {decoded(info.substring(0, colon)), decoded(info.substring(colon + 1))};
  }

  private static int database(@Nullable String path) {
    return path == null || path.isEmpty() || path.equals("/")
        ? 0
        : number(path.substring(1), "the database's number after the host", Integer.MAX_VALUE);
  }

  private static boolean isRelaxed(String durability) {
    if (!durability.equals("full") && !durability.equals("relaxed")) {
      throw wrong("durability must be full or relaxed");
    }
    return durability.equals("relaxed");
  }

  private static int number(String text, String what, int most) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As below.
    }
    throw wrong(
        what + " must be a whole number from 0" + (most == Integer.MAX_VALUE ? "" : " to " + most));
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      if (!PARAMETERS.contains(parts[0]) || parts.length < 2) {
        throw wrong("its parameters can be " + String.join("=…, ", PARAMETERS) + "=…");
      }
      parameters.put(parts[0], decoded(parts[1]));
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException("database URL of Redis: " + why);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "Redis at " + host + ":" + port + (database == 0 ? "" : ", database " + database);
  }
}
