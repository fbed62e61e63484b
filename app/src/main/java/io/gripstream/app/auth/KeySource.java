package io.gripstream.app.auth;

import io.jsonwebtoken.Locator;
import java.security.Key;
import java.util.Optional;

/** Chooses the key from a token's unverified header; may throw {@link Denied}. Thread-safe. */
interface KeySource extends Locator<Key>, AutoCloseable {
  /** Identifies these keys; another source has another value. */
  String fingerprint();

  /**
   * Returns whether the key with this id fingerprint is certainly not valid any more. Does not
   * block.
   */
  default boolean isWithdrawn(String idFingerprint) {
    return false;
  }

  /** Why the keys cannot be read, for an operator; empty: they can, or were not tried yet. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /** Fetches the keys before the first token arrives. May block. */
  default void open() {}

  @Override
  default void close() {}
}
