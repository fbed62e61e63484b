package io.gripstream.app.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A short name of a key or rule that distinguishes it and reveals nothing else: 64 bits of a
 * SHA-256 over each part with its length.
 */
final class Fingerprint {
  private static final int BYTES = 8;

  private Fingerprint() {}

  static String of(String purpose, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, purpose.getBytes(StandardCharsets.UTF_8));
      for (byte[] part : parts) {
        add(digest, part);
      }
      return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String of(String purpose, String... parts) {
    return of(
        purpose,
        Arrays.stream(parts)
            .map(part -> part.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new));
  }

  private static void add(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    digest.update(part);
  }
}
