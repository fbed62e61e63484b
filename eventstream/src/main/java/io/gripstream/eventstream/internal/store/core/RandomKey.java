package io.gripstream.eventstream.internal.store.core;

import java.security.SecureRandom;

/** A signing key for a storage that was given none. */
public final class RandomKey {
  private static final int BYTES = 32;

  private RandomKey() {}

  /** 32 random bytes. */
  public static byte[] make(SecureRandom random) {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    return key;
  }
}
