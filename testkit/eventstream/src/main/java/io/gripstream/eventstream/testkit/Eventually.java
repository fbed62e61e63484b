package io.gripstream.eventstream.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting for something to become true, with a deadline. */
public final class Eventually {
  private Eventually() {}

  /** An assertion that fails until the time has come. */
  public interface Assertion {
    void check() throws Exception;
  }

  /** Within 30 s: a busy machine is slow, and only a failure waits that long. */
  public static void eventually(Assertion assertion) {
    within(Duration.ofSeconds(30), assertion);
  }

  /** Waits until the latch is open, within 30 s. */
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
   * Asks every few milliseconds; fails with the last failure, also when the thread is interrupted.
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

  /** An interrupted thread cannot park: it would ask without a pause, until the end. */
  private static boolean isOver(long end) {
    return System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted();
  }
}
