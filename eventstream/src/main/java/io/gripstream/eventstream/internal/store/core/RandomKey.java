package io.gripstream.eventstream.internal.store.core;

import java.security.SecureRandom;

/** Makes a signing key for a storage without a configured one. */
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
