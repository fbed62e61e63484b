package io.gripstream.eventstream.store;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How long events are kept. What is older, or beyond the size, may be removed: that happens in the
 * background, seconds later. Immutable and thread-safe; each {@code with…} returns a changed copy.
 */
public final class Retention {
  /** For 24 hours, however many there are. */
  public static final Retention DEFAULT = of(Duration.ofHours(24));

  private final Duration ttl;
  private final OptionalInt size;

  private Retention(Duration ttl, OptionalInt size) {
    this.ttl = ttl;
    this.size = size;
  }

  /**
   * Keeps events for this time, however many there are.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public static Retention of(Duration ttl) {
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException("history ttl " + ttl + " must be positive");
    }
    return new Retention(ttl, OptionalInt.empty());
  }

  /**
   * A copy that keeps at most this number of events per channel. Default: no limit.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Retention withSize(int events) {
    if (events < 1) {
      throw new IllegalArgumentException("history size " + events + " must be at least 1");
    }
    return new Retention(ttl, OptionalInt.of(events));
  }

  /** How long events are kept. */
  public Duration ttl() {
    return ttl;
  }

  /** How many events per channel are kept, at most; empty: no limit. */
  public OptionalInt size() {
    return size;
  }
}
