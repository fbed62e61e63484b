package io.gripstream.eventstream.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that stands still until it is moved. Thread-safe.
 *
 * <pre>{@code
 * TestClock clock = TestClock.now();
 * EventStream events = EventStream.create(config -> config.clock(clock));
 * clock.advance(Duration.ofHours(2));
 * }</pre>
 */
public final class TestClock extends Clock {
  private final AtomicReference<Instant> now;

  private TestClock(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  /**
   * Makes a clock that stands at the present, so that signatures made elsewhere are neither old nor
   * new.
   */
  public static TestClock now() {
    return at(Instant.now());
  }

  /** Makes a clock that stands at this instant. */
  public static TestClock at(Instant start) {
    return new TestClock(start);
  }

  /**
   * Moves it forward.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + time + "; see setBack");
    }
    now.updateAndGet(before -> before.plus(time));
  }

  /**
   * Sets it back, as a machine's clock when it finds a time server.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public void setBack(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("set back by a negative time: " + time + "; see advance");
    }
    now.updateAndGet(before -> before.minus(time));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** @return this same clock: an instant has no zone */
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public String toString() {
    return "TestClock[" + instant() + "]";
  }
}
