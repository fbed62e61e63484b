package io.gripstream.app.auth;

import java.nio.charset.StandardCharsets;

/** The key set of an issuer: keys that verify something, or none. */
public final class KeySetFuzz {
  private KeySetFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      KeySet keys = KeySet.parse(new String(input, StandardCharsets.UTF_8));
      keys.ids().forEach(id -> keys.find(id, "RS256"));
    } catch (IllegalArgumentException refused) {
      // As it should be.
    }
  }
}
