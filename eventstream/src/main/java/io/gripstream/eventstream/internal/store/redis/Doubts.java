package io.gripstream.eventstream.internal.store.redis;

import java.util.TreeSet;

/**
 * The batches of this process in a bucket whose result is unknown: if the log has one, this process
 * must announce it like a batch of another process. The log has the batches of a process in the
 * order of their numbers, so a batch that is not there before a higher one never comes. Bounded;
 * thread-safe.
 */
final class Doubts {
  private static final int MOST = 10_000;

  private final TreeSet<Long> batches = new TreeSet<>();
  private long read;

  /**
   * Notes that the result of a batch is unknown.
   *
   * @return false if the log may already have been read up to this batch, so that {@link #settle}
   *     does not come any more
   */
  synchronized boolean add(long batch) {
    if (batch <= read) {
      return false;
    }
    batches.add(batch);
    if (batches.size() > MOST) {
      batches.pollFirst();
    }
    return true;
  }

  /** The log has the batch. Returns whether it is in doubt, and ends the doubt. */
  synchronized boolean settle(long batch) {
    boolean isDoubtful = batches.contains(batch);
    batches.headSet(batch, true).clear();
    read = Math.max(read, batch);
    return isDoubtful;
  }
}
