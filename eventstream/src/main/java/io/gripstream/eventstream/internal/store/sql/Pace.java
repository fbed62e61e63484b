package io.gripstream.eventstream.internal.store.sql;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Removes events in steps of about half a millisecond, with a pause of four times that, so that
 * appends are hardly slower. The pause is shorter if events are appended faster than they are
 * removed. Used by one thread.
 */
public final class Pace {
  private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final long SLICE_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
  private static final int REST = 4;
  private static final int MIN_EVENTS = 20;
  private static final int MAX_EVENTS = 5_000;

  private final LongSupplier appended;
  private int events = 200;

  /** @param appended number of events that this process has appended so far */
  public Pace(LongSupplier appended) {
    this.appended = appended;
  }

  /** Removes some events. */
  public interface Step {
    /** Returns the number removed, about the requested one; zero or less at the end. */
    long remove(int events);
  }

  /** Repeats the step until it removes nothing. */
  public void whileMore(Step step) {
    while (true) {
      long appendedBefore = appended.getAsLong();
      long start = System.nanoTime();
      long removed = step.remove(events);
      long took = System.nanoTime() - start;
      if (removed <= 0 || Thread.currentThread().isInterrupted()) {
        return;
      }
      events = took > STEP_NANOS
          ? Math.max(MIN_EVENTS, events / 2)
          : Math.min(MAX_EVENTS, events + events / 4);
      rest(System.nanoTime() + took * REST, appendedBefore + removed * 3 / 4);
    }
  }

  private void rest(long until, long enoughAppended) {
    while (System.nanoTime() - until < 0 && appended.getAsLong() < enoughAppended) {
      LockSupport.parkNanos(SLICE_NANOS);
    }
  }
}
