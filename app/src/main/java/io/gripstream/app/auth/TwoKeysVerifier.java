package io.gripstream.app.auth;

import java.util.Optional;

/**
 * Verifies tokens with the current key and with the previous one, until the last token of the
 * previous key ends.
 */
record TwoKeysVerifier(JwtVerifier current, JwtVerifier previous) implements TokenVerifier {
  @Override
  public Caller verify(String token) {
    Optional<Caller> caller = current.verified(token);
    return caller.or(() -> previous.verified(token)).orElseThrow(JwtVerifier::notSigned);
  }

  @Override
  public boolean holds(String grant) {
    return current.holds(grant) || previous.holds(grant);
  }

  @Override
  public String fingerprint() {
    return Fingerprint.of("two keys", current.fingerprint(), previous.fingerprint());
  }
}
