package io.gripstream.eventstream.internal.store.sql;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.internal.store.core.Announcer;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.internal.store.core.PendingAppend;
import io.gripstream.eventstream.internal.store.core.StorageOutage;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one writing thread of a store. Drafts that arrive during a commit share the next transaction,
 * as a {@link Group}. Some may still arrive while the first are being stored, so on SQLite other
 * processes wait for the lock up to a millisecond longer.
 */
final class GroupCommit implements Engine.Writer, AutoCloseable {
  private static final long LONGEST_GATHERING = TimeUnit.MILLISECONDS.toNanos(1);

  private final Engine engine;
  private final Announcer announcer;
  private final StorageOutage outage;
  private final WriteQueue queue;
  private final long busyNanos;
  private final Thread thread = Threads.daemon("gripstream-store-writer", this::run);
  private int lastCount;
  private long lastNanos;

  GroupCommit(
      Engine engine,
      Announcer announcer,
      StorageOutage outage,
      int maxWaiting,
      Duration busyTimeout) {
    this.engine = engine;
    this.announcer = announcer;
    this.outage = outage;
    this.queue = new WriteQueue(maxWaiting);
    this.busyNanos = busyTimeout.toNanos();
  }

  void start() {
    thread.start();
  }

  /** Never blocks. */
  CompletableFuture<Appended> append(Draft draft) {
    CompletableFuture<Appended> outcome = new CompletableFuture<>();
    try {
      queue.add(new PendingAppend(draft, outcome, System.nanoTime()));
    } catch (StoreException e) {
      outcome.completeExceptionally(e);
    }
    return outcome;
  }

  @Override
  public <T extends @Nullable Object> T call(Supplier<T> task) {
    if (Thread.currentThread() == thread) {
      return task.get();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    queue.add(() -> {
      try {
        result.complete(task.get());
      } catch (Throwable e) {
        result.completeExceptionally(e);
        if (e instanceof Error) {
          Threads.met(e);
        }
      }
    });
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw new StoreException(failure.kind(), String.valueOf(failure.getMessage()), failure);
      }
      throw e;
    }
  }

  /** Empties the outbox soon; {@code begun} runs right before it is read. */
  void sequence(Runnable begun) {
    queue.add(() -> emptyOutbox(begun));
  }

  private void run() {
    while (queue.await()) {
      try {
        Runnable task = queue.takeTask();
        if (task != null) {
          task.run();
        }
        appendWaiting();
      } catch (Throwable e) {
        Threads.met(e);
      }
    }
  }

  private void appendWaiting() {
    Long oldest = queue.oldest();
    if (oldest == null) {
      return;
    }
    long start = System.nanoTime();
    long until = oldest + busyNanos;
    Group group = new Group(queue, lastCount, start + Math.min(lastNanos, LONGEST_GATHERING));
    try {
      engine.begin(until);
    } catch (StoreException e) {
      // Later senders have their own time limit, if waiting can help.
      if (e.kind() == StoreException.Kind.BUSY) {
        fail(queue.takeOlder(Math.max(oldest, System.nanoTime() - busyNanos)), e);
      } else {
        group.take();
        fail(group.senders(), e);
      }
      return;
    } catch (Throwable e) {
      group.take();
      fail(
          group.senders(),
          new StoreException(StoreException.Kind.UNAVAILABLE, "no transaction was begun", e));
      throw e;
    }
    group.take();
    append(group, until);
    lastNanos = System.nanoTime() - start;
    lastCount = group.senders().size();
  }

  private void append(Group group, long until) {
    List<PendingAppend> senders = group.senders();
    try {
      List<Outcome> results = engine.append(group, until);
      outage.worked();
      announcer.appended(results, senders, () -> queue.finished(senders));
    } catch (StoreException e) {
      fail(senders, e);
    } catch (Throwable e) {
      // Their senders must not wait forever.
      fail(senders, new StoreException(StoreException.Kind.UNKNOWN_OUTCOME, "storing failed", e));
      Threads.met(e);
    }
  }

  private void fail(List<PendingAppend> senders, StoreException why) {
    outage.failed(why, senders.stream().mapToLong(PendingAppend::weight).sum());
    announcer.failed(senders, why, () -> queue.finished(senders));
  }

  private void emptyOutbox(Runnable begun) {
    begun.run();
    try {
      List<Outcome> results = engine.sequence(System.nanoTime() + busyNanos);
      if (!results.isEmpty()) {
        announcer.appended(results, List.of(), () -> {});
        sequence(() -> {});
      }
    } catch (StoreException e) {
      // The rows still exist; the next look at the outbox finds them.
      outage.failed(e, 0);
    }
  }

  /** Stores waiting drafts, then ends. */
  @Override
  public void close() {
    queue.close();
    if (thread != Thread.currentThread()) {
      Threads.join(thread);
    }
  }
}
