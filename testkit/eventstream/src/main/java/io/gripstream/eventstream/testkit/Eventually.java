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

  /** Within 10 s. */
  public static void eventually(Assertion assertion) {
    within(Duration.ofSeconds(10), assertion);
  }

  /** Waits until the latch is open, within 10 s. */
  public static void happens(CountDownLatch latch) {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new AssertionError("it does not happen within 10 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Asks every few milliseconds; fails with the last failure. */
  public static void within(Duration time, Assertion assertion) {
    long end = System.nanoTime() + time.toNanos();
    while (true) {
      try {
        assertion.check();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - end >= 0) {
          throw e;
        }
      } catch (Exception e) {
        if (System.nanoTime() - end >= 0) {
          throw new AssertionError(e);
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
