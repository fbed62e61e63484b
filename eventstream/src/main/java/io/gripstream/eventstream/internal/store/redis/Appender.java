package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.internal.store.core.Announcer;
import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.core.PendingAppend;
import io.gripstream.eventstream.internal.store.core.StorageOutage;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Takes drafts, limits the waiting ones, and hands each to the {@link Lane} of its bucket. Its
 * thread runs delayed tasks and reads.
 */
final class Appender {
  final RedisStorage storage;
  final Announcer announcer;
  final StorageOutage outage;
  final Duration patience;
  final KeptHistory kept;
  final Bounds bounds;
  final Reads reads;
  final ScheduledExecutorService thread = Threads.loop("gripstream-store-writer");

  private final Map<Bucket, Lane> lanes = new ConcurrentHashMap<>();

  Appender(
      RedisStorage storage,
      Reads reads,
      Announcer announcer,
      StorageOutage outage,
      StoreOptions options,
      KeptHistory kept) {
    this.storage = storage;
    this.reads = reads;
    this.announcer = announcer;
    this.outage = outage;
    this.patience = options.busyTimeout();
    this.kept = kept;
    this.bounds = new Bounds(options.maxWaiting());
  }

  /** Never blocks. */
  CompletableFuture<Appended> append(Draft draft) {
    CompletableFuture<Appended> outcome = new CompletableFuture<>();
    PendingAppend pending = new PendingAppend(draft, outcome, System.nanoTime());
    try {
      Bucket bucket = storage.buckets().of(draft.channels());
      bounds.enter(pending);
      lanes.computeIfAbsent(bucket, one -> new Lane(this, one)).add(pending);
    } catch (StoreException | InvalidValueException e) {
      outcome.completeExceptionally(e);
    }
    return outcome;
  }

  /** Stores waiting drafts, then ends. Blocks. */
  void close() {
    bounds.close();
    bounds.awaitEmpty(patience.toMillis() + 1_000);
    thread.shutdownNow();
  }
}
