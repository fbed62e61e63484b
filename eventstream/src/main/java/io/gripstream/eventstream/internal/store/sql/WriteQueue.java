package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.internal.store.core.DraftLimits;
import io.gripstream.eventstream.internal.store.core.PendingAppend;
import io.gripstream.eventstream.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The queue of the writing thread: drafts, which share transactions, and tasks, which have their
 * own. The number and size of drafts are limited, counted until {@link #finished}. Tasks come from
 * a handful of threads that wait for them, which limits them.
 */
final class WriteQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private final ArrayDeque<PendingAppend> drafts = new ArrayDeque<>();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final DraftLimits limits;
  private boolean isClosed;

  WriteQueue(int maxDrafts) {
    this.limits = new DraftLimits(maxDrafts);
  }

  /** @throws StoreException {@code BUSY} if full, {@code CLOSED} after {@link #close} */
  void add(PendingAppend draft) {
    lock.lock();
    try {
      if (isClosed) {
        throw StoreException.closed();
      }
      limits.enter(draft);
      drafts.add(draft);
      arrival.signal();
    } finally {
      lock.unlock();
    }
  }

  /** @throws StoreException {@code CLOSED} after {@link #close} */
  void add(Runnable task) {
    lock.lock();
    try {
      if (isClosed) {
        throw StoreException.closed();
      }
      tasks.add(task);
      arrival.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is work; false: never again. */
  boolean await() {
    lock.lock();
    try {
      while (drafts.isEmpty() && tasks.isEmpty() && !isClosed) {
        arrival.awaitUninterruptibly();
      }
      return !(drafts.isEmpty() && tasks.isEmpty());
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is a draft, a task arrives, or the time is over. */
  void awaitDraft(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (drafts.isEmpty() && tasks.isEmpty() && !isClosed && left > 0) {
        left = arrival.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Nullable
  Runnable takeTask() {
    lock.lock();
    try {
      return tasks.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Arrival of the first draft; null if there is none. */
  @Nullable
  Long oldest() {
    lock.lock();
    try {
      PendingAppend first = drafts.peek();
      return first == null ? null : first.since();
    } finally {
      lock.unlock();
    }
  }

  /** Takes drafts in order, up to a number and a size. */
  List<PendingAppend> take(int maxCount, long maxWeight) {
    lock.lock();
    try {
      List<PendingAppend> taken = new ArrayList<>(Math.min(maxCount, drafts.size()));
      long weight = 0;
      while (!drafts.isEmpty() && taken.size() < maxCount && weight < maxWeight) {
        PendingAppend next = drafts.remove();
        weight += next.weight();
        taken.add(next);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the drafts that arrived before the given {@code System.nanoTime}. */
  List<PendingAppend> takeOlder(long nanoTime) {
    lock.lock();
    try {
      List<PendingAppend> taken = new ArrayList<>();
      while (!drafts.isEmpty() && drafts.element().since() - nanoTime <= 0) {
        taken.add(drafts.remove());
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Frees the places of these drafts: their senders know the result. */
  void finished(List<PendingAppend> done) {
    lock.lock();
    try {
      limits.leave(done);
    } finally {
      lock.unlock();
    }
  }

  /** Accepts no more work; existing work is still done. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
      arrival.signal();
    } finally {
      lock.unlock();
    }
  }
}
