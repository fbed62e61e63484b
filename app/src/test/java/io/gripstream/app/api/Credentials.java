package io.gripstream.app.api;

import io.gripstream.app.auth.TokenSigner;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Keys and tokens of callers, and headers that carry them. */
final class Credentials {
  /** Signs tokens. */
  static final String SECRET = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";

  /** An API key for everything. */
  static final String ROOT = "3f9a8b7c6d5e4f3a2b1c";

  /** One that may publish to {@code room-*} only. */
  static final String NARROW = "7c6d5e4f3a2b1c3f9a8b";

  private static final TokenSigner SIGNER = TokenSigner.ofSecret(
      new Settings.Auth(List.of(), new Secret(SECRET), null, null, null, null));

  private Credentials() {}

  /** A token of someone who administers nothing. */
  static String token(String user, List<String> publish, List<String> subscribe, long seconds) {
    return SIGNER.sign(user, publish, subscribe, false, Instant.now().plusSeconds(seconds));
  }

  /** A token for everything. */
  static String admin(String user) {
    return SIGNER.sign(user, List.of("*"), List.of("*"), true, Instant.now().plusSeconds(600));
  }

  /** As {@link #token} of a user who may read these channels for ten minutes. */
  static Map<String, String> reader(String user, String... channels) {
    return Map.of("Authorization", "Bearer " + token(user, List.of(), List.of(channels), 600));
  }
}
