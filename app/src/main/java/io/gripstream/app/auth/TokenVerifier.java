package io.gripstream.app.auth;

import java.time.Duration;
import java.util.Optional;

/** Turns a token (JWT) into a caller. Thread-safe. */
public interface TokenVerifier extends AutoCloseable {
  /** Time after its end in which a token is still accepted, because clocks differ. */
  Duration LEEWAY = Duration.ofSeconds(5);

  /**
   * @throws Denied if the token is not valid; the message has the reason and no part of the token
   */
  Caller verify(String token);

  /** Returns whether the key of a token with this grant still verifies tokens. Does not block. */
  boolean holds(String grant);

  /** Identifies these keys without revealing them. */
  String fingerprint();

  /** Why the keys cannot be read, for an operator; empty: they can, or were not tried yet. */
  default Optional<String> problem() {
    return Optional.empty();
  }

  /**
   * Fetches the keys, so that the first tokens do not wait, and keeps them fresh until close.
   * Without this call, keys are fetched when a token needs them. Blocks for 2 s at most.
   */
  default void open() {}

  @Override
  default void close() {}
}
