package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.DraftLimits;
import io.gripstream.eventstream.internal.store.core.PendingAppend;
import io.gripstream.eventstream.store.StoreException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Limits the drafts that wait or are in progress, by number and by weight. Thread-safe. */
final class Bounds {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();
  private final DraftLimits limits;
  private boolean isClosed;

  Bounds(int maxDrafts) {
    this.limits = new DraftLimits(maxDrafts);
  }

  /** @throws StoreException {@code BUSY} at the limit, {@code CLOSED} after {@link #close} */
  void enter(PendingAppend draft) {
    lock.lock();
    try {
      if (isClosed) {
        throw StoreException.closed();
      }
      limits.enter(draft);
    } finally {
      lock.unlock();
    }
  }

  /** Removes finished drafts from the counts. */
  void leave(List<PendingAppend> done) {
    lock.lock();
    try {
      limits.leave(done);
      if (limits.isEmpty()) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Accepts no more drafts. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no draft is in progress, for at most this time. */
  void awaitEmpty(long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (!limits.isEmpty() && left > 0) {
        left = empty.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
