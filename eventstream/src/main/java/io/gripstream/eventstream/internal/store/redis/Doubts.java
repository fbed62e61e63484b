package io.gripstream.eventstream.internal.store.redis;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The batches of this process in a bucket whose result is unknown: if the log has one, this process
 * must announce it like a batch of another process. Bounded; thread-safe.
 */
final class Doubts {
  private static final int MOST = 10_000;

  private final Set<Long> batches = new LinkedHashSet<>();

  synchronized void add(long batch) {
    if (batches.size() < MOST) {
      batches.add(batch);
    }
  }

  /** Returns whether the batch is in doubt, and ends the doubt. */
  synchronized boolean settle(long batch) {
    return batches.remove(batch);
  }
}
