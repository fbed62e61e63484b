package io.gripstream.grip.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Does something at most once a second: for log lines that clients can cause in large numbers.
 * Thread-safe.
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

  /** @param action gets the number of calls that were left out since the last one */
  public void perhaps(LongConsumer action) {
    long now = nanoTime.getAsLong();
    long before = last.get();
    if (now - before >= EVERY_NANOS && last.compareAndSet(before, now)) {
      action.accept(leftOut.getAndSet(0));
    } else {
      leftOut.incrementAndGet();
    }
  }

  /** Returns the end of a log line: the number of lines left out. */
  public static String more(long leftOut) {
    return leftOut == 0 ? "" : " (and " + leftOut + " times more since the last such line)";
  }
}
