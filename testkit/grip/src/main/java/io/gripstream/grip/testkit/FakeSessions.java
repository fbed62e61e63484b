package io.gripstream.grip.testkit;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The held connections, and which of them gets an item. */
final class FakeSessions {

  private final List<Subscriber> sessions = new CopyOnWriteArrayList<>();
  private final Set<List<String>> ids = new HashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final FakeSequencer sequencer =
      new FakeSequencer(item -> sessions.forEach(session -> session.offer(item)));

  void add(Subscriber session) {
    // No item may pass between the two: as in Pushpin, which does both at once.
    synchronized (sequencer) {
      sessions.add(session);
      session.added();
    }
    signal();
  }

  void remove(Subscriber session) {
    sessions.remove(session);
    signal();
  }

  /** Wakes waiting threads, because a session holds other channels now. */
  void signal() {
    sequencer.forgetUnless(channel -> subscribers(channel) > 0);
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void publish(FakeItem item) {
    String id = item.id();
    if (id != null) {
      synchronized (ids) {
        if (!ids.add(List.of(item.channel(), id))) {
          return;
        }
      }
    }
    if (subscribers(item.channel()) > 0) {
      sequencer.publish(item);
    }
  }

  /** Sets how long an item may wait for the one before it. */
  void messageWait(Duration wait) {
    sequencer.waitAtMost(wait);
  }

  /**
   * Returns whether another item was published last on the channel: it came between the origin's
   * answer and the hold.
   */
  boolean isBehind(String channel, String position) {
    return sequencer.isBehind(channel, position);
  }

  void recover() {
    sessions.forEach(Subscriber::refresh);
  }

  void await(String channel, int count, Duration within) {
    long left = within.toNanos();
    lock.lock();
    try {
      while (subscribers(channel) != count) {
        if (left <= 0) {
          throw new AssertionError("channel %s has %d subscribers, not %d, after %s"
              .formatted(channel, subscribers(channel), count, within));
        }
        // Woken from time to time: a session may change between the count and the wait.
        left -= TimeUnit.MILLISECONDS.toNanos(20);
        changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for subscribers of " + channel, e);
    } finally {
      lock.unlock();
    }
  }

  private long subscribers(String channel) {
    return sessions.stream().filter(session -> session.holds(channel)).count();
  }

  void close() {
    sessions.forEach(Subscriber::end);
  }
}
