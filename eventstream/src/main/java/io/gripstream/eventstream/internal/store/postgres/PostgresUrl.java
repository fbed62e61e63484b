package io.gripstream.eventstream.internal.store.postgres;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the addresses of PostgreSQL databases:
 * {@code jdbc:postgresql://HOST/DATABASE?user=…&password=…}, and
 * {@code postgres://USER:PASSWORD@HOST/DATABASE}, the form of hosting platforms and {@code psql}.
 */
final class PostgresUrl {
  private static final List<String> PREFIXES = List.of(
      "jdbc:postgresql://", "jdbc:postgres://", "jdbc:postgresql:", "postgresql://", "postgres://");

  /** Parameters with another name in psql's library than in the JDBC driver. */
  private static final Map<String, String> DRIVER_NAMES = Map.of(
      "application_name", "ApplicationName",
      "channel_binding", "channelBinding",
      "connect_timeout", "connectTimeout",
      "dbname", "PGDBNAME");

  /** The driver ignores it, and knows {@code targetServerType}. A standby is of no use here. */
  private static final String PSQL_TARGET = "target_session_attrs=";

  private PostgresUrl() {}

  static boolean isOne(String url) {
    return PREFIXES.stream().anyMatch(prefix -> hasPrefix(url, prefix));
  }

  /** The scheme is the same in capitals. */
  private static boolean hasPrefix(String url, String prefix) {
    return url.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  /**
   * Returns the same database in the driver's form.
   *
   * @throws IllegalArgumentException if it cannot be one; the message contains no secret
   */
  static String jdbc(String url) {
    String prefix =
        PREFIXES.stream().filter(one -> hasPrefix(url, one)).findFirst().orElseThrow();
    String rest = url.substring(prefix.length());
    if (prefix.equals("jdbc:postgresql:")) {
      // The short form without a host.
      return prefix + rest;
    }
    int query = rest.indexOf('?');
    String place = query < 0 ? rest : rest.substring(0, query);
    int slash = place.indexOf('/');
    String authority = slash < 0 ? place : place.substring(0, slash);
    String database = slash < 0 ? "/" : place.substring(slash);
    int at = authority.lastIndexOf('@');

    List<String> parameters = new ArrayList<>();
    boolean isDrivers = prefix.startsWith("jdbc:");
    for (String parameter :
        query < 0 ? new String[0] : rest.substring(query + 1).split("&")) {
      if (!parameter.startsWith(PSQL_TARGET)) {
        parameters.add(isDrivers ? parameter : renamed(parameter));
      }
    }
    if (at >= 0) {
      String[] user = authority.substring(0, at).split(":", 2);
      addIfMissing(parameters, "user", decoded(user[0]));
      addIfMissing(parameters, "password", user.length < 2 ? null : decoded(user[1]));
    }
    String host = authority.substring(at + 1);
    if (host.contains("%2F") || host.contains("%2f")) {
      throw new IllegalArgumentException("database URL of PostgreSQL: the host is the folder of a"
          + " Unix-domain socket, which the driver cannot use; name a host and a port");
    }
    if (host.contains(",")) {
      // The driver would take the first that answers, which may be a standby.
      addIfMissing(parameters, "targetServerType", "primary");
    }
    return "jdbc:postgresql://" + host + database
        + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
  }

  private static String renamed(String parameter) {
    String name = parameter.split("=", 2)[0];
    String known = DRIVER_NAMES.get(name.toLowerCase(Locale.ROOT));
    return known == null ? parameter : known + parameter.substring(name.length());
  }

  private static void addIfMissing(List<String> parameters, String name, @Nullable String value) {
    if (value != null
        && !value.isEmpty()
        && parameters.stream().noneMatch(parameter -> parameter.startsWith(name + "="))) {
      parameters.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  /** Only percent signs mean something here. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Its message may contain a part of the password.
      throw new IllegalArgumentException("database URL of PostgreSQL: user or password has a \"%\""
          + " that no two hex digits follow; write %25 for a percent sign");
    }
  }
}
