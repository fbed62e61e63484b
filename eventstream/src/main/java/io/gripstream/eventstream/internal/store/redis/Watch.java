package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.Announcer;
import io.gripstream.eventstream.internal.store.core.StorageOutage;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Finds the channels to which other processes appended: it reads the log entries after the last
 * known one, when a message wakes it, and once a second in case a message was lost. So it also
 * notices soon that a server lacks entries. It works on its own thread.
 */
final class Watch {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int ENTRIES_AT_ONCE = 1_000;
  private static final int FIELDS = 4;

  private final RedisStorage storage;
  private final Announcer announcer;
  private final StorageOutage outage;
  private final Moved moved;
  private final ScheduledExecutorService thread = Threads.loop("gripstream-store-watcher");
  private volatile List<Reading> readings = List.of();
  private final AtomicBoolean isLooking = new AtomicBoolean();

  /**
   * A bucket, and the last entry of its log that was read. Used by the thread only, except for one
   * field.
   */
  private static final class Reading {
    final Bucket bucket;

    /** Used by any thread: whether a message came since the last read. */
    final AtomicBoolean woken = new AtomicBoolean();

    String read;
    boolean isAsked;

    Reading(Bucket bucket) {
      this.bucket = bucket;
      this.read = bucket.newest().id();
    }
  }

  /** Receives all channels with new events, of every process. */
  interface Moved {
    void channels(Set<String> names);
  }

  Watch(RedisStorage storage, Announcer announcer, StorageOutage outage, Moved moved) {
    this.storage = storage;
    this.announcer = announcer;
    this.outage = outage;
    this.moved = moved;
  }

  /** Starts. From now on no change is missed. Blocks. If it fails, it may be called again. */
  void start() {
    List<Reading> all = new ArrayList<>();
    Map<String, Reading> byChannel = new HashMap<>();
    for (Bucket bucket : storage.buckets().all()) {
      Reading reading = new Reading(bucket);
      all.add(reading);
      byChannel.put(bucket.keys().news(), reading);
    }
    readings = List.copyOf(all);
    storage
        .link()
        .listen(
            List.copyOf(byChannel.keySet()),
            (channel, writer) -> heard(byChannel.get(channel), writer),
            this::connected);
    thread.scheduleWithFixedDelay(this::look, 0, POLL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void heard(@Nullable Reading reading, String writer) {
    if (reading != null
        && !writer.equals(storage.self())
        && reading.woken.compareAndSet(false, true)) {
      execute(() -> ask(reading));
    }
  }

  /** It may be another server than before. */
  private void connected() {
    if (isLooking.compareAndSet(false, true)) {
      execute(() -> {
        isLooking.set(false);
        attempt(() -> {
          storage.vouch("");
          readings.forEach(this::ask);
        });
      });
    }
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // The store is closed.
    }
  }

  private void look() {
    storage.link().tend();
    readings.forEach(this::ask);
  }

  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (StoreException e) {
      outage.failed(e, 0);
    }
  }

  /** Does not wait: a server that does not answer does not delay news of the others. */
  private void ask(Reading reading) {
    if (reading.isAsked) {
      return;
    }
    reading.isAsked = true;
    reading.woken.set(false);
    reading
        .bucket
        .askLater(Script.NEWS, List.of(), List.of(reading.read, String.valueOf(ENTRIES_AT_ONCE)))
        .orTimeout(storage.link().patience().toMillis(), TimeUnit.MILLISECONDS)
        .whenCompleteAsync(
            (answer, failure) ->
                Threads.guarded(() -> answered(reading, answer, failure)).run(),
            thread);
  }

  private void answered(
      Reading reading, @Nullable List<Object> answer, @Nullable Throwable failure) {
    reading.isAsked = false;
    if (answer == null) {
      storage.link().doubted();
      outage.failed(storage.link().failures().of(Objects.requireNonNull(failure), false), 0);
      return;
    }
    if (RedisStorage.text(answer, 1).equals("1")) {
      announcer.anything();
    }
    Set<String> others = new HashSet<>();
    for (int i = 2; i < answer.size(); i += FIELDS) {
      note(
          reading,
          new Entry(RedisStorage.text(answer, i), RedisStorage.text(answer, i + 1)),
          RedisStorage.text(answer, i + 2).split("\n", -1),
          others);
    }
    announcer.others(others);
    if (reading.woken.get() || answer.size() == 2 + FIELDS * ENTRIES_AT_ONCE) {
      ask(reading);
    }
  }

  private void note(Reading reading, Entry entry, String[] ranges, Set<String> others) {
    reading.read = entry.id();
    reading.bucket.seen(entry);
    int colon = entry.token().indexOf(':');
    boolean isOwn = entry.token().substring(0, colon).equals(storage.self())
        && !reading.bucket.doubts().settle(Long.parseLong(entry.token().substring(colon + 1)));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ranges.length; i += 3) {
      names.add(ranges[i]);
    }
    moved.channels(names);
    if (!isOwn) {
      others.addAll(names);
    }
  }

  /** Blocks until the last report has ended. */
  void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
