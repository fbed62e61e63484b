package io.gripstream.app.fuzz;

import io.gripstream.grip.GripKey;
import java.nio.charset.StandardCharsets;

/** Keys as text, Base64, PEM and JWK, private and public: read, or refused with a reason. */
public final class KeyFuzz {
  private KeyFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      GripKey key = GripKey.parse(new String(input, StandardCharsets.UTF_8));
      if (!key.canSign() && key.publicKey().isEmpty()) {
        throw new AssertionError("a key that can do nothing is accepted");
      }
    } catch (IllegalArgumentException refused) {
      // As it should be.
    }
  }
}
