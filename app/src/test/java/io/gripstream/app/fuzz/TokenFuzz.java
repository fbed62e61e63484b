package io.gripstream.app.fuzz;

import io.gripstream.app.auth.Denied;
import io.gripstream.app.auth.TokenKeys;
import io.gripstream.app.auth.TokenVerifier;
import io.gripstream.app.config.Secret;
import io.gripstream.app.config.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

/** A token of a stranger: denied with one sentence. */
public final class TokenFuzz {
  private static final TokenVerifier VERIFIER = TokenKeys.verifier(
          new Settings.Auth(
              List.of(), new Secret("0123456789-a-secret-of-a-login-0123"), null, null, null, null),
          Clock.systemUTC())
      .orElseThrow();

  private TokenFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String token = new String(input, StandardCharsets.UTF_8);
    try {
      VERIFIER.verify(token);
    } catch (Denied denied) {
      return;
    }
    throw new AssertionError("a token that nobody signed is accepted");
  }
}
