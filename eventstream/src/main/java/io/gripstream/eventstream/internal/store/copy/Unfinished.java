package io.gripstream.eventstream.internal.store.copy;

import io.gripstream.eventstream.store.StoreException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A copy into a storage that is running, or stopped early. */
public final class Unfinished {
  private Unfinished() {}

  /** A name for a copy, which no other copy has. */
  public static String token() {
    byte[] bytes = new byte[8];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** The failure of a process that opens such a storage. */
  public static StoreException failure() {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "a copy into this storage is running or stopped early: wait for it, or run gripstream copy"
            + " again; it starts from the beginning",
        null);
  }

  /** Another copy took the place of the caller's. */
  public static StoreException replaced() {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "another copy into this storage has begun meanwhile; this one ends here",
        null);
  }
}
