package io.gripstream.app.auth;

/** Turns a token (JWT) into who it is for. Thread-safe. */
public interface TokenVerifier {
  /** @throws Denied if the token is not valid; the message says why and has nothing of the token */
  Caller verify(String token);
}
