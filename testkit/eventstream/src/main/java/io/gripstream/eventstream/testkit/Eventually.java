package io.gripstream.eventstream.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for something to become true, up to a deadline. */
public final class Eventually {
  private Eventually() {}

  /** An assertion that fails until its time has come. */
  public interface Assertion {
    /** Returns if all is as expected; throws if it is not, or not yet. */
    void check() throws Exception;
  }

  /** Waits up to 30 s. A busy machine is slow, and only a failing test waits that long. */
  public static void eventually(Assertion assertion) {
    within(Duration.ofSeconds(30), assertion);
  }

  /** Waits up to 30 s until the latch is open. */
  public static void happens(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("it does not happen within 30 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /**
   * Asks every few milliseconds. At the end it fails with the last failure, also if the thread is
   * interrupted.
   */
  public static void within(Duration time, Assertion assertion) {
    long end = System.nanoTime() + time.toNanos();
    while (true) {
      try {
        assertion.check();
        return;
      } catch (AssertionError e) {
        if (isOver(end)) {
          throw e;
        }
      } catch (Exception e) {
        if (isOver(end)) {
          throw new AssertionError(e);
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** An interrupted thread cannot park: it would ask without a pause until the end. */
  private static boolean isOver(long end) {
    return System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted();
  }
}
