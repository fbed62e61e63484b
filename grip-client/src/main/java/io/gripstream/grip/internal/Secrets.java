package io.gripstream.grip.internal;

import java.nio.charset.StandardCharsets;

/** The rule for secrets that only servers know. */
public final class Secrets {
  /** The minimum length of a secret, in bytes of UTF-8. */
  public static final int MIN_BYTES = 16;

  private Secrets() {}

  /**
   * Returns the bytes of a secret.
   *
   * @throws IllegalArgumentException if there are fewer than {@value #MIN_BYTES}
   */
  public static byte[] bytes(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "the secret has %d bytes; at least %d are needed".formatted(bytes.length, MIN_BYTES));
    }
    return bytes;
  }
}
