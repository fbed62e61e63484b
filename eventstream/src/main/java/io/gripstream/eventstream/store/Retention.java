package io.gripstream.eventstream.store;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How long events are kept. Trimming happens in the background.
 *
 * @param ttl an older event may be removed; default 24 h
 * @param size at most so many events per channel; default no limit
 */
public record Retention(Duration ttl, OptionalInt size) {
  public static final Retention DEFAULT = new Retention(Duration.ofHours(24), OptionalInt.empty());

  public Retention {
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException("history ttl " + ttl + " must be positive");
    }
    if (size.isPresent() && size.getAsInt() < 1) {
      throw new IllegalArgumentException("history size " + size.getAsInt() + " must be at least 1");
    }
  }
}
