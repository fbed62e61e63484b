package io.gripstream.eventstream.internal.store.redis;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The batches of this process in a bucket of which is not known whether they were stored: if the
 * log has one, it is news here, too. Bounded; thread-safe.
 */
final class Doubts {
  private static final int MOST = 10_000;

  private final Set<Long> batches = new LinkedHashSet<>();

  synchronized void add(long batch) {
    if (batches.size() < MOST) {
      batches.add(batch);
    }
  }

  /** Whether this one is in doubt; it is not from now on. */
  synchronized boolean settle(long batch) {
    return batches.remove(batch);
  }
}
