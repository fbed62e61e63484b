package io.gripstream.app.auth;

import io.gripstream.app.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Refuses secrets that can be guessed. */
public final class WeakSecrets {
  /** Beginnings of secrets in examples and defaults, in lower case. */
  private static final List<String> KNOWN = List.of(
      "changeme",
      "change-me",
      "change_me",
      "!changeme",
      "!changethis",
      "secret",
      "password",
      "my-secret",
      "mysecret",
      "my_api_key",
      "your-256-bit-secret",
      "example",
      "test",
      "12345678");

  private static final int FEWEST_DIFFERENT = 6;

  private WeakSecrets() {}

  /**
   * @param name the setting of the secret
   * @throws ConfigException if it is short, from an example, made of few characters, or in
   *     quotation marks
   */
  public static void check(String name, String secret, int minBytes) {
    if (isQuoted(secret)) {
      throw new ConfigException(
          name + ": it is in quotation marks (docker run --env-file keeps them). Remove them");
    }
    int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < minBytes) {
      throw new ConfigException(name + ": it has " + bytes + " bytes; at least " + minBytes
          + " are needed. " + advice(minBytes));
    }
    String lower = secret.toLowerCase(Locale.ROOT);
    if (KNOWN.stream().anyMatch(lower::startsWith)
        || secret.chars().distinct().count() < FEWEST_DIFFERENT) {
      throw new ConfigException(name + ": it is well known or easy to guess. " + advice(minBytes));
    }
  }

  private static boolean isQuoted(String secret) {
    return secret.length() > 1
        && ((secret.startsWith("\"") && secret.endsWith("\""))
            || (secret.startsWith("'") && secret.endsWith("'")));
  }

  private static String advice(int minBytes) {
    return "Make one with: openssl rand -hex " + minBytes;
  }
}
