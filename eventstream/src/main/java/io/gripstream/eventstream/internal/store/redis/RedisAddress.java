package io.gripstream.eventstream.internal.store.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Redis, and its options: {@code redis://USER:PASSWORD@HOST:PORT/NUMBER}; a
 * Cluster by some of its nodes, {@code redis://USER:PASSWORD@HOST,HOST}; the master that Sentinels
 * know, {@code redis-sentinel://USER:PASSWORD@HOST,HOST/NUMBER#NAME}. {@code rediss} instead of
 * {@code redis} means TLS.
 *
 * @param sentinelMaster the name of the master, if the places are Sentinels; null: they are servers
 * @param user null: Redis' default user
 * @param password null: none
 * @param authority a file with the certificates that are trusted; null: those of the JVM
 * @param isRelaxed whether the address lowers the durability of the options
 * @param replicas number of replicas that have an event when it is acknowledged
 * @param sentinelPassword the password of the Sentinels; null: none
 */
record RedisAddress(
    List<Place> places,
    @Nullable String sentinelMaster,
    boolean isTls,
    @Nullable String user,
    @Nullable String password,
    int database,
    @Nullable String authority,
    boolean isRelaxed,
    int replicas,
    @Nullable String sentinelPassword) {
  static final String FORM = "redis://USER:PASSWORD@HOST";

  private static final List<String> SCHEMES =
      List.of("redis://", "rediss://", "redis-sentinel://", "rediss-sentinel://");
  private static final List<String> PARAMETERS =
      List.of("durability", "wait_replicas", "ssl_ca", "sentinel_password");
  private static final int DEFAULT_PORT = 6379;
  private static final int DEFAULT_SENTINEL_PORT = 26379;
  private static final String DEFAULT_MASTER = "mymaster";
  private static final int MOST_REPLICAS = 100;

  /** Scheme, user and password, places, path, parameters, fragment. */
  private static final Pattern URL =
      Pattern.compile("([^:]+)://(?:([^@/?#]*)@)?([^@/?#]*)(/[^?#]*)?(?:\\?([^#]*))?(?:#(.*))?");

  private static final Pattern PLACE =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9_.-]+)(?::([0-9]{1,5}))?");
  private static final Pattern ENCODED = Pattern.compile("(?:[!-$&-~]|%[0-9a-fA-F]{2})*");

  /** A server, as far as the address names it. */
  record Place(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  static boolean isOne(String url) {
    return SCHEMES.stream()
        .anyMatch(scheme -> url.regionMatches(true, 0, scheme, 0, scheme.length()));
  }

  /** @throws IllegalArgumentException if it is malformed; the message contains no secret */
  static RedisAddress parse(String url) {
    if (!ENCODED.matcher(url).matches()) {
      throw wrong("it has a character that must be %-encoded, or a \"%\" that no two hex digits"
          + " follow");
    }
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw namesNoHost();
    }
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    boolean isSentinel = scheme.endsWith("-sentinel");
    List<Place> places = places(parts.group(3), isSentinel ? DEFAULT_SENTINEL_PORT : DEFAULT_PORT);
    Map<String, String> parameters = parameters(parts.group(5));
    String[] login = login(parts.group(2));
    RedisAddress address = new RedisAddress(
        places,
        isSentinel ? decoded(Objects.requireNonNullElse(parts.group(6), DEFAULT_MASTER)) : null,
        scheme.startsWith("rediss"),
        login[0].isEmpty() ? null : login[0],
        login[1].isEmpty() ? null : login[1],
        database(parts.group(4)),
        parameters.get("ssl_ca"),
        isRelaxed(parameters.getOrDefault("durability", "full")),
        number(parameters.getOrDefault("wait_replicas", "0"), "wait_replicas", MOST_REPLICAS),
        parameters.get("sentinel_password"));
    if (!isSentinel && parts.group(6) != null) {
      throw namesNoHost();
    }
    if (!isSentinel && address.sentinelPassword != null) {
      throw wrong("sentinel_password is for redis-sentinel:// only");
    }
    if (address.namesCluster()) {
      address.requireForCluster();
    }
    return address;
  }

  private static IllegalArgumentException namesNoHost() {
    return wrong("it names no host; write " + FORM + ", and %-encode what a password has of"
        + " / ? # @ : and %");
  }

  private static List<Place> places(String text, int defaultPort) {
    List<Place> places = new ArrayList<>();
    for (String place : text.split(",", -1)) {
      Matcher parts = PLACE.matcher(place);
      if (!parts.matches()) {
        throw namesNoHost();
      }
      places.add(new Place(
          parts.group(1),
          parts.group(2) == null ? defaultPort : number(parts.group(2), "a port", 65_535)));
    }
    return List.copyOf(places);
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

  /**
   * Whether it names several servers that are not Sentinels. A single server may also belong to a
   * Cluster.
   */
  boolean namesCluster() {
    return sentinelMaster == null && places.size() > 1;
  }

  /**
   * @throws IllegalArgumentException if it names a database number, which a Cluster does not have
   */
  void requireForCluster() {
    if (database != 0) {
      throw wrong("a Cluster has no database " + database
          + ": leave the number out; installations that share a Cluster need other table_prefixes");
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    String where = places.stream().map(Place::toString).collect(Collectors.joining(","));
    return (sentinelMaster == null ? "Redis at " : "Redis " + sentinelMaster + " of Sentinels at ")
        + where
        + (database == 0 ? "" : ", database " + database);
  }
}
