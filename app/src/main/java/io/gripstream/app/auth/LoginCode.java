package io.gripstream.app.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A code that logs in one browser, once. Only the process that made it and the reader of its
 * terminal know it. It ends after a time, and after some wrong attempts. Thread-safe.
 */
final class LoginCode {
  static final Duration LIFETIME = Duration.ofHours(1);
  static final int MAX_WRONG = 20;
  private static final int BYTES = 18;

  private final Clock clock;
  private byte @Nullable [] expected;
  private Instant until = Instant.MIN;
  private int wrong;

  LoginCode(Clock clock) {
    this.clock = clock;
  }

  /** Makes a code; an earlier code is no longer valid. */
  synchronized String make() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    String code = Base64.getUrlEncoder().encodeToString(bytes);
    expected = code.getBytes(StandardCharsets.US_ASCII);
    until = clock.instant().plus(LIFETIME);
    wrong = 0;
    return code;
  }

  /** Whether this is the code, which is then used up. */
  synchronized boolean redeem(String code) {
    byte[] known = expected;
    if (known == null) {
      return false;
    }
    boolean isRight = MessageDigest.isEqual(known, code.getBytes(StandardCharsets.UTF_8));
    boolean isLate = !clock.instant().isBefore(until);
    wrong += isRight ? 0 : 1;
    if (isRight || isLate || wrong >= MAX_WRONG) {
      expected = null;
    }
    return isRight && !isLate;
  }
}
