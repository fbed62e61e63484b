package io.gripstream.app.auth;

/** Turns a token (JWT) into who it is for. Thread-safe. */
public interface TokenVerifier extends AutoCloseable {
  /** @throws Denied if the token is not valid; the message says why and has nothing of the token */
  Caller verify(String token);

  /**
   * Gets the keys, so that the first tokens need not wait for them, and keeps them fresh until it
   * is closed; without, keys are got when a token needs them. Blocks for 2 s at most.
   */
  default void open() {}

  @Override
  default void close() {}
}
