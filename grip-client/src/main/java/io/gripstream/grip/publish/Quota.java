package io.gripstream.grip.publish;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts accepted items without an outcome, against the limits of one publisher. */
final class Quota {

  /** The result of asking to add an item. */
  enum Admission {
    TAKEN,
    FULL,
    CLOSED
  }

  private final int maxItems;
  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();
  private int items;

  /** Items whose outcome has not been reported; at least {@link #items}. */
  private int untold;

  private long bytes;
  private boolean isClosed;

  Quota(int maxItems, long maxBytes) {
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
  }

  Admission take(int size) {
    lock.lock();
    try {
      if (isClosed) {
        return Admission.CLOSED;
      }
      if (items == maxItems || bytes + size > maxBytes) {
        return Admission.FULL;
      }
      items++;
      untold++;
      bytes += size;
      return Admission.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /** Frees space: the outcomes are known and about to be reported. */
  void release(int count, long size) {
    lock.lock();
    try {
      items -= count;
      bytes -= size;
    } finally {
      lock.unlock();
    }
  }

  /** The outcomes have been reported. */
  void told(int count) {
    lock.lock();
    try {
      untold -= count;
      if (untold == 0) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  int items() {
    lock.lock();
    try {
      return items;
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Accepts no more items. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether every outcome was reported within the time. */
  boolean awaitEmpty(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (untold > 0 && left > 0) {
        left = empty.awaitNanos(left);
      }
      return untold == 0;
    } finally {
      lock.unlock();
    }
  }
}
