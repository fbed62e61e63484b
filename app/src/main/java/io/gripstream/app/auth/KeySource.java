package io.gripstream.app.auth;

import io.jsonwebtoken.Locator;
import java.security.Key;

/** Chooses the key from a token's unverified header; may throw {@link Denied}. Thread-safe. */
interface KeySource extends Locator<Key>, AutoCloseable {
  /** Gets what can be got before the first token comes. May block. */
  default void open() {}

  @Override
  default void close() {}
}
