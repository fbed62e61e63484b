package io.gripstream.eventstream.store;

import java.util.concurrent.TimeUnit;

/** Waiting for a thread to end, whatever interrupts. */
final class Joining {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private Joining() {}

  static void join(Thread thread) {
    boolean interrupted = false;
    long end = System.nanoTime() + LONGEST_NANOS;
    while (thread.isAlive() && System.nanoTime() - end < 0) {
      try {
        thread.join(1_000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
