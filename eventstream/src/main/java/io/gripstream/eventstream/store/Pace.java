package io.gripstream.eventstream.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Does work in steps of about two milliseconds, and rests four times as long after each, so that
 * appends hardly notice. Used by one thread.
 */
final class Pace {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int REST = 4;
  private static final int MIN_EVENTS = 50;
  private static final int MAX_EVENTS = 5_000;

  private int events = 200;

  /** About how many events one step should remove. */
  int events() {
    return events;
  }

  /** Repeats the step until it returns false. */
  void whileMore(BooleanSupplier step) {
    while (true) {
      long start = System.nanoTime();
      boolean more = step.getAsBoolean();
      long took = System.nanoTime() - start;
      if (!more || Thread.currentThread().isInterrupted()) {
        return;
      }
      events = took > STEP_NANOS
          ? Math.max(MIN_EVENTS, events / 2)
          : Math.min(MAX_EVENTS, events + events / 4);
      LockSupport.parkNanos(took * REST);
    }
  }
}
