package io.gripstream.grip;

import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The way to authenticate at a control endpoint. Every {@code toString} hides the secret. */
sealed interface ControlAuth {

  /** Validity of a token. */
  Duration TOKEN_LIFE = Duration.ofHours(1);

  @Nullable
  String header(Clock clock);

  record None() implements ControlAuth {
    @Override
    public @Nullable String header(Clock clock) {
      return null;
    }
  }

  record Jwt(String issuer, GripKey key) implements ControlAuth {
    @Override
    public String header(Clock clock) {
      return "Bearer " + GripSig.sign(key, issuer, clock.instant().plus(TOKEN_LIFE));
    }
  }

  record Fixed(String value) implements ControlAuth {
    @Override
    public String header(Clock clock) {
      return value;
    }

    @Override
    public String toString() {
      return "Fixed[hidden]";
    }
  }
}
