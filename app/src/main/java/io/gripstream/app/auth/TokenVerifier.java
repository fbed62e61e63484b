package io.gripstream.app.auth;

import java.time.Duration;

/** Turns a token (JWT) into a caller. Thread-safe. */
public interface TokenVerifier extends AutoCloseable {
  /** Leeway: time after its end in which a token is still accepted, because clocks differ. */
  Duration LEEWAY = Duration.ofSeconds(5);

  /** @throws Denied if the token is not valid; the message says why and has nothing of the token */
  Caller verify(String token);

  /** Whether the key of a token with this grant still verifies tokens. Does not block. */
  boolean holds(String grant);

  /** Which keys these are, without them. */
  String fingerprint();

  /**
   * Gets the keys, so that the first tokens need not wait for them, and keeps them fresh until it
   * is closed; without, keys are got when a token needs them. Blocks for 2 s at most.
   */
  default void open() {}

  @Override
  default void close() {}
}
