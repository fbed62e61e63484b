package io.gripstream.eventstream.store;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * The time and the number for which events are kept. Older events, and events beyond the number,
 * are removed in the background, seconds later. Immutable and thread-safe; each {@code with…}
 * returns a changed copy.
 */
public final class Retention {
  /** Keeps any number of events for 24 hours. */
  public static final Retention DEFAULT = of(Duration.ofHours(24));

  private final Duration ttl;
  private final OptionalInt size;

  private Retention(Duration ttl, OptionalInt size) {
    this.ttl = ttl;
    this.size = size;
  }

  /**
   * Keeps any number of events for this time.
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
   * Returns a copy that keeps at most this number of events per channel. Default: no limit.
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

  /** Maximum number of events kept per channel; empty: no limit. */
  public OptionalInt size() {
    return size;
  }
}
