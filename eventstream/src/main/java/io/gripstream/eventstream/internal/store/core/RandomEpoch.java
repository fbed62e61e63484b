package io.gripstream.eventstream.internal.store.core;

import java.security.SecureRandom;

/** Makes the identity of a new storage. */
public final class RandomEpoch {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 8;

  private RandomEpoch() {}

  /** Eight random characters {@code [a-z0-9]}. */
  public static String make() {
    SecureRandom random = new SecureRandom();
    StringBuilder epoch = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      epoch.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return epoch.toString();
  }
}
