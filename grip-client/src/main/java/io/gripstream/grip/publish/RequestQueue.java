package io.gripstream.grip.publish;

import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue with at most one request in progress. Items that gather meanwhile leave as the next
 * batch, in order. Items to be tried again return to the front.
 *
 * <p>A thread that has its answer first passes the queue on and then reports the outcomes, so slow
 * listeners do not delay the items behind theirs.
 */
final class RequestQueue {

  private static final int MAX_BATCH_ITEMS = 100;
  private static final int MAX_BATCH_BYTES = 500_000;

  private static final long FIRST_BACKOFF_MILLIS = 50;
  private static final long MAX_BACKOFF_MILLIS = 2_000;

  private final Courier courier;
  private final Executor executor;
  private final Consumer<List<Courier.Settled>> outcomes;
  private final PublishOptions options;

  private final Object lock = new Object();
  private final Deque<Delivery> waiting = new ArrayDeque<>();

  /** Whether a thread owns the queue or will, immediately or after a backoff. */
  private boolean isOwned;

  /** Set when the queue was abandoned: the error of every further item. */
  private @Nullable PublishException closed;

  /** Number of consecutive requests without a good answer. */
  private int failures;

  RequestQueue(
      Courier courier,
      Executor executor,
      Consumer<List<Courier.Settled>> outcomes,
      PublishOptions options) {
    this.courier = courier;
    this.executor = executor;
    this.outcomes = outcomes;
    this.options = options;
  }

  void add(Delivery delivery) {
    PublishException refusal;
    boolean start = false;
    synchronized (lock) {
      refusal = closed;
      if (refusal == null) {
        waiting.addLast(delivery);
        start = !isOwned;
        isOwned = true;
      }
    }
    if (refusal != null) {
      outcomes.accept(List.of(new Courier.Settled(delivery, refusal)));
    } else if (start) {
      startThread();
    }
  }

  /** Gives up all queued items; a request in progress may still arrive. */
  void abandon(PublishException error) {
    List<Courier.Settled> settled;
    synchronized (lock) {
      closed = error;
      settled = giveUpWaiting(error);
    }
    outcomes.accept(settled);
  }

  private List<Courier.Settled> giveUpWaiting(PublishException error) {
    List<Courier.Settled> settled = new ArrayList<>();
    waiting.forEach(delivery -> settled.add(new Courier.Settled(delivery, error)));
    waiting.clear();
    return settled;
  }

  /** If no thread can be made, the queued items fail, and the next one starts the queue again. */
  private void startThread() {
    try {
      executor.execute(this::run);
    } catch (RuntimeException | Error e) {
      var error = new PublishException(
          PublishException.Kind.UNREACHABLE,
          courier.proxy().name() + ": cannot send because no thread can be made",
          e);
      List<Courier.Settled> settled;
      synchronized (lock) {
        isOwned = false;
        settled = giveUpWaiting(error);
      }
      if (e instanceof Error) {
        Threads.met(e);
      }
      outcomes.accept(settled);
    }
  }

  private void run() {
    List<Delivery> batch = take();
    if (batch.isEmpty()) {
      return;
    }
    Courier.Report report;
    try {
      report = courier.carry(batch);
    } catch (RuntimeException | Error e) {
      // Unexpected. The items fail, the queue continues.
      var error = new PublishException(
          PublishException.Kind.UNREACHABLE,
          "cannot send because of an unexpected " + e.getClass().getName(),
          e);
      report = new Courier.Report(
          batch.stream().map(d -> new Courier.Settled(d, error)).toList(), List.of(), null);
      if (e instanceof Error) {
        Threads.met(e);
      }
    }
    var settled = new ArrayList<>(report.settled());
    putBack(report, settled);
    passOn(report.cause() != null);
    outcomes.accept(settled);
  }

  /** Returns the next batch; gives the queue up if there is none. */
  private List<Delivery> take() {
    var batch = new ArrayList<Delivery>();
    long bytes = 0;
    synchronized (lock) {
      for (Delivery next = waiting.peekFirst(); next != null; next = waiting.peekFirst()) {
        bytes += next.json().length;
        if (batch.size() == MAX_BATCH_ITEMS || (bytes > MAX_BATCH_BYTES && !batch.isEmpty())) {
          break;
        }
        batch.add(waiting.removeFirst());
      }
      isOwned = !batch.isEmpty();
    }
    return batch;
  }

  private void putBack(Courier.Report report, List<Courier.Settled> settled) {
    PublishException cause = report.cause();
    if (cause == null) {
      return;
    }
    long now = System.nanoTime();
    long patience = options.retryFor().toNanos();
    var again = new ArrayList<Delivery>();
    for (Delivery delivery : report.unsent()) {
      if (now - delivery.takenNanos() < patience) {
        again.add(delivery);
      } else {
        settled.add(new Courier.Settled(delivery, cause));
      }
    }
    synchronized (lock) {
      if (closed != null) {
        again.forEach(delivery -> settled.add(new Courier.Settled(delivery, cause)));
        return;
      }
      if (again.isEmpty() && patience > 0) {
        giveUpQueued(now - patience, cause, settled);
      }
      for (int i = again.size() - 1; i >= 0; i--) {
        waiting.addFirst(again.get(i));
      }
    }
    options.metrics().retried(courier.proxy(), again.size());
  }

  /** Gives up the items accepted by then: their time would be over too when their turn comes. */
  private void giveUpQueued(long taken, PublishException cause, List<Courier.Settled> settled) {
    for (Delivery next = waiting.peekFirst();
        next != null && next.takenNanos() - taken <= 0;
        next = waiting.peekFirst()) {
      settled.add(new Courier.Settled(waiting.removeFirst(), cause));
    }
  }

  private void passOn(boolean failed) {
    Duration backoff;
    synchronized (lock) {
      failures = failed ? failures + 1 : 0;
      if (waiting.isEmpty()) {
        isOwned = false;
        return;
      }
      backoff = failed ? backoff(failures) : Duration.ZERO;
    }
    if (backoff.isZero()) {
      startThread();
    } else {
      CompletableFuture.delayedExecutor(backoff.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
          .execute(this::startThread);
    }
  }

  /**
   * Doubles, up to two seconds, with a random part, so that many publishers do not return at once.
   */
  private Duration backoff(int failures) {
    if (options.retryFor().isZero()) {
      return Duration.ZERO;
    }
    long full = Math.min(MAX_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures - 1, 10));
    return Duration.ofMillis((long) (full * (0.5 + ThreadLocalRandom.current().nextDouble() / 2)));
  }
}
