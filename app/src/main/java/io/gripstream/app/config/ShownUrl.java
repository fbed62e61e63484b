package io.gripstream.app.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Shows URLs without secrets: user and password are left out, and so is the value of each parameter
 * that is not known to be harmless.
 */
public final class ShownUrl {
  private static final String MASK = "***";

  /** Parameters of {@code GRIP_URL} and of database URLs, in lower case. */
  private static final Set<String> HARMLESS = Set.of(
      "iss",
      "verify-iss",
      "user",
      "ssl",
      "sslmode",
      "sslrootcert",
      "connect_timeout",
      "connecttimeout",
      "application_name",
      "applicationname",
      "currentschema",
      "durability",
      "wait_replicas",
      "ssl_ca");

  /** Several URLs are separated by blanks; a key may contain blanks too. */
  private static final Pattern BETWEEN = Pattern.compile("\\s+(?=[A-Za-z][A-Za-z0-9+.-]*://)");

  /** A password may contain {@code @}, {@code /} and {@code ?}. */
  private static final Pattern USER_INFO = Pattern.compile("//(?:[^?]*|[^=]*)@");

  private ShownUrl() {}

  /** The URLs in a text, which may also be none. */
  public static String of(String text) {
    return Arrays.stream(BETWEEN.split(text.strip(), -1))
        .map(ShownUrl::one)
        .collect(Collectors.joining(" "));
  }

  /** The same text, but each user and password is left out. */
  public static String withoutUser(String text) {
    return USER_INFO.matcher(text).replaceAll("//" + MASK + "@");
  }

  private static String one(String url) {
    String open = withoutUser(url);
    int query = open.indexOf('?');
    return query < 0
        ? open
        : open.substring(0, query + 1)
            + Arrays.stream(open.substring(query + 1).split("&", -1))
                .map(ShownUrl::parameter)
                .collect(Collectors.joining("&"));
  }

  private static String parameter(String pair) {
    int equals = pair.indexOf('=');
    String name = pair.substring(0, Math.max(equals, 0));
    if (pair.isEmpty() || HARMLESS.contains(name.toLowerCase(Locale.ROOT))) {
      return pair;
    }
    return name.matches("[\\w.-]+") ? name + "=" + MASK : MASK;
  }
}
