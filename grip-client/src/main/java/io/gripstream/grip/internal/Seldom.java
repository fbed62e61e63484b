package io.gripstream.grip.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Does something once a second at most, however often it is asked to: for lines of a log that
 * others could make many. Thread-safe.
 */
public final class Seldom {
  private static final long EVERY_NANOS = 1_000_000_000;

  private final LongSupplier nanoTime;
  private final AtomicLong last;
  private final AtomicLong leftOut = new AtomicLong();

  public Seldom(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.last = new AtomicLong(nanoTime.getAsLong() - EVERY_NANOS);
  }

  /** @param action told how often it was left out since it was done last */
  public void perhaps(LongConsumer action) {
    long now = nanoTime.getAsLong();
    long before = last.get();
    if (now - before >= EVERY_NANOS && last.compareAndSet(before, now)) {
      action.accept(leftOut.getAndSet(0));
    } else {
      leftOut.incrementAndGet();
    }
  }

  /** What to put behind a line: how many more there would have been. */
  public static String more(long leftOut) {
    return leftOut == 0 ? "" : " (and " + leftOut + " times more since the last such line)";
  }
}
