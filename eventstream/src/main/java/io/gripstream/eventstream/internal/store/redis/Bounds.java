package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.PendingAppend;
import io.gripstream.eventstream.store.StoreException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many drafts may wait or be under way, by number and by weight. Thread-safe. */
final class Bounds {
  /** Where there is little memory, less of it. */
  private static final long MAX_WEIGHT =
      Math.min(64_000_000, Runtime.getRuntime().maxMemory() / 8);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();
  private final int maxDrafts;
  private int underWay;
  private long weightUnderWay;
  private boolean isClosed;

  Bounds(int maxDrafts) {
    this.maxDrafts = maxDrafts;
  }

  /** @throws StoreException {@code BUSY} at the limit, {@code CLOSED} after {@link #close} */
  void enter(PendingAppend draft) {
    lock.lock();
    try {
      if (isClosed) {
        throw StoreException.closed();
      }
      if (underWay >= maxDrafts || (weightUnderWay + draft.weight() > MAX_WEIGHT && underWay > 0)) {
        throw StoreException.busy(underWay);
      }
      underWay++;
      weightUnderWay += draft.weight();
    } finally {
      lock.unlock();
    }
  }

  /** Their senders know the result. */
  void leave(List<PendingAppend> done) {
    long weight = 0;
    for (PendingAppend draft : done) {
      weight += draft.weight();
    }
    lock.lock();
    try {
      underWay -= done.size();
      weightUnderWay -= weight;
      if (underWay == 0) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nobody enters any more. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing is under way, for at most so long. */
  void awaitEmpty(long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (underWay > 0 && left > 0) {
        left = empty.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
