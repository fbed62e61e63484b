package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.core.Announcer;
import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.core.NewEvent;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.internal.store.core.PendingAppend;
import io.gripstream.eventstream.internal.store.core.StorageOutage;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends the drafts of one bucket to its server, one batch at a time. Drafts that come meanwhile
 * share the next batch. A batch without an answer is sent again until the time limit of its drafts;
 * the server stores it once.
 */
final class Lane {
  private static final int MAX_EVENTS = 1_000;
  private static final long MAX_WEIGHT = 4_000_000;
  private static final long PAUSE_MILLIS = 30;

  private final RedisStorage storage;
  private final Bucket bucket;
  private final Announcer announcer;
  private final StorageOutage outage;
  private final Duration patience;
  private final KeptHistory kept;
  private final Bounds bounds;
  private final Reads reads;
  private final ScheduledExecutorService thread;

  private final Object lock = new Object();
  private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
  private boolean isSending;

  /** Number of the batch in progress. */
  private long numbered;

  Lane(Appender of, Bucket bucket) {
    this.storage = of.storage;
    this.bucket = bucket;
    this.announcer = of.announcer;
    this.outage = of.outage;
    this.patience = of.patience;
    this.kept = of.kept;
    this.bounds = of.bounds;
    this.reads = of.reads;
    this.thread = of.thread;
  }

  /** Never blocks. */
  void add(PendingAppend pending) {
    synchronized (lock) {
      waiting.add(pending);
      if (isSending) {
        return;
      }
      isSending = true;
    }
    next();
  }

  /** Sends the waiting drafts, if there are any. Called by one thread at a time. */
  private void next() {
    List<PendingAppend> taken = new ArrayList<>();
    synchronized (lock) {
      long weight = 0;
      int events = 0;
      while (!waiting.isEmpty() && events < MAX_EVENTS && weight < MAX_WEIGHT) {
        PendingAppend one = waiting.remove();
        weight += one.weight();
        events += one.draft().channels().size();
        taken.add(one);
      }
      if (taken.isEmpty()) {
        isSending = false;
        return;
      }
    }
    Batch batch = new Batch(taken, ++numbered, storage.clock().millis())
        .written(bucket.keys(), storage.self(), storage.link().wakeCommand(), kept);
    send(batch, false, false);
  }

  /**
   * @param whole whether to send the script's text and not only its hash
   * @param doubtful whether it may have been stored already
   */
  private void send(Batch batch, boolean whole, boolean doubtful) {
    long left = batch.since() + patience.toNanos() - System.nanoTime();
    if (left <= 0) {
      fail(batch, storage.link().failures().of(new TimeoutException(), doubtful), doubtful);
      return;
    }
    CompletableFuture<List<Object>> answer = storage
        .link()
        .append(
            whole,
            bucket.named(batch.keys()),
            bucket.told(batch.arguments()),
            Duration.ofNanos(left));
    Future<?> limit = thread.schedule(
        () -> answer.completeExceptionally(new TimeoutException()), left, TimeUnit.NANOSECONDS);
    answer.whenComplete((values, failure) -> {
      limit.cancel(false);
      try {
        if (failure == null) {
          answered(batch, values);
        } else {
          failed(batch, RedisFailures.cause(failure), doubtful);
        }
      } catch (Throwable e) {
        // The senders must not wait forever, whatever the failure is.
        fail(
            batch,
            new StoreException(StoreException.Kind.UNKNOWN_OUTCOME, "storing failed", e),
            true);
        Threads.met(e);
      }
    });
  }

  private void answered(Batch batch, List<Object> values) {
    try {
      storage.checked(values);
    } catch (StoreException e) {
      fail(batch, e, false);
      return;
    }
    String verdict = RedisStorage.text(values, 0);
    if (!verdict.equals("OK")) {
      fail(
          batch,
          new StoreException(
              StoreException.Kind.UNKNOWN_OUTCOME,
              "it is not known whether the event was stored",
              null),
          true);
      return;
    }
    String entry = RedisStorage.text(values, 1);
    String ids = RedisStorage.text(values, 2);
    if (!entry.isEmpty()) {
      bucket.seen(new Entry(entry, storage.self() + ":" + batch.number()));
    }
    if (Batch.namesEarlier(ids)) {
      thread.execute(() -> stored(batch, batch.results(ids, this::earlier)));
    } else {
      stored(batch, batch.results(ids, this::earlier));
    }
  }

  private void stored(Batch batch, List<Outcome> results) {
    outage.worked();
    announcer.appended(results, batch.senders(), () -> bounds.leave(batch.senders()));
    next();
  }

  /** Blocks. */
  private Event earlier(Draft draft, String channel, long id, long at) {
    try {
      Page page = reads.page(channel, id - 1, id, new PageLimit(1, 1));
      if (!page.events().isEmpty()) {
        return page.events().get(0);
      }
    } catch (StoreException e) {
      outage.failed(e, 0);
    }
    // The event was removed since, or cannot be read now. The draft has the same content, except
    // the time.
    return NewEvent.of(draft, channel, id, at);
  }

  private void failed(Batch batch, Throwable failure, boolean doubtful) {
    if (RedisFailures.isUnknownScript(failure)) {
      // A restarted server, or another one. Processes that know more entries than this one have a
      // moment to object.
      thread.schedule(
          () -> send(batch, true, doubtful),
          RedisStorage.OBJECTION.toMillis(),
          TimeUnit.MILLISECONDS);
      return;
    }
    boolean isDoubtful = doubtful || !RedisFailures.isWithoutEffect(failure);
    if (RedisFailures.isPassing(failure) && !isClosed(failure)) {
      storage.link().doubted();
      thread.schedule(() -> send(batch, false, isDoubtful), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    fail(batch, storage.link().failures().of(failure, isDoubtful), isDoubtful);
  }

  private boolean isClosed(Throwable failure) {
    return failure instanceof TimeoutException || thread.isShutdown();
  }

  private void fail(Batch batch, StoreException why, boolean doubtful) {
    if (doubtful) {
      if (!bucket.doubts().add(batch.number())) {
        // The log was read while the batch was not in doubt yet. Listeners look for themselves.
        announcer.others(batch.channels());
      }
      storage.link().doubted();
    }
    List<PendingAppend> failed = new ArrayList<>(batch.senders());
    if (why.kind() != StoreException.Kind.UNKNOWN_OUTCOME) {
      failed.addAll(overdue());
    }
    outage.failed(why, failed.stream().mapToLong(PendingAppend::weight).sum());
    announcer.failed(failed, why, () -> bounds.leave(failed));
    next();
  }

  /** Takes the drafts whose time limit passed while they waited for a failed batch. */
  private List<PendingAppend> overdue() {
    long since = System.nanoTime() - patience.toNanos();
    List<PendingAppend> overdue = new ArrayList<>();
    synchronized (lock) {
      PendingAppend first = waiting.peek();
      while (first != null && first.since() - since <= 0) {
        overdue.add(waiting.remove());
        first = waiting.peek();
      }
    }
    return overdue;
  }
}
