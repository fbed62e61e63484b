package io.gripstream.eventstream.internal.store.core;

import java.util.concurrent.TimeUnit;

/** Waiting for a thread to end, whatever interrupts. */
public final class Joining {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private Joining() {}

  public static void join(Thread thread) {
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
