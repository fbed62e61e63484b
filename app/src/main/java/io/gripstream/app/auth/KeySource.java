package io.gripstream.app.auth;

import io.jsonwebtoken.Locator;
import java.security.Key;

/** Chooses the key from a token's unverified header; may throw {@link Denied}. Thread-safe. */
interface KeySource extends Locator<Key>, AutoCloseable {
  /** Which keys these are, without them: another source has another one. */
  String fingerprint();

  /**
   * Whether the key with an id of this fingerprint is surely none of them any more. Does not block.
   */
  default boolean isWithdrawn(String idFingerprint) {
    return false;
  }

  /** Gets what can be got before the first token comes. May block. */
  default void open() {}

  @Override
  default void close() {}
}
