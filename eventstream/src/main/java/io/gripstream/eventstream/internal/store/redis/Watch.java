package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.Announcer;
import io.gripstream.eventstream.internal.store.core.StorageOutage;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells which channels other processes moved, by the entries of the log after the last one that was
 * read: when a message wakes it, and once a second in case one was lost. So it also notices soon
 * that a server lacks what it had. What it does, it does on its thread.
 */
final class Watch {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int ENTRIES_AT_ONCE = 1_000;
  private static final int FIELDS = 4;

  private final RedisStorage storage;
  private final Announcer announcer;
  private final StorageOutage outage;
  private final Moved moved;
  private final Doubts doubts;
  private final ScheduledExecutorService thread = Threads.loop("gripstream-store-watcher");
  private final AtomicBoolean woken = new AtomicBoolean();

  /** Of its thread: the last entry that was read. */
  private String read;

  /** Told of all channels that move, whoever moves them. */
  interface Moved {
    void channels(Set<String> names);
  }

  Watch(
      RedisStorage storage, Announcer announcer, StorageOutage outage, Moved moved, Doubts doubts) {
    this.storage = storage;
    this.announcer = announcer;
    this.outage = outage;
    this.moved = moved;
    this.doubts = doubts;
    this.read = "";
  }

  /** From now on nothing is missed. Blocks. */
  void start() {
    read = storage.newest().id();
    storage.link().listen(storage.keys().news(), this::heard, this::connected);
    thread.scheduleWithFixedDelay(this::look, 0, POLL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void heard(String writer) {
    if (!writer.equals(storage.self()) && woken.compareAndSet(false, true)) {
      execute(this::look);
    }
  }

  /** It may be another server than before. */
  private void connected() {
    execute(() -> {
      try {
        storage.vouch("");
        lookAtOnce();
      } catch (StoreException e) {
        outage.failed(e, 0);
      }
    });
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // The store is closed.
    }
  }

  private void look() {
    try {
      lookAtOnce();
    } catch (StoreException e) {
      outage.failed(e, 0);
    }
  }

  private void lookAtOnce() {
    woken.set(false);
    boolean more = true;
    Set<String> others = new HashSet<>();
    while (more) {
      List<Object> answer =
          storage.ask(Script.NEWS, List.of(), List.of(read, String.valueOf(ENTRIES_AT_ONCE)));
      if (RedisStorage.text(answer, 1).equals("1")) {
        announcer.anything();
      }
      for (int i = 2; i < answer.size(); i += FIELDS) {
        note(
            new Entry(RedisStorage.text(answer, i), RedisStorage.text(answer, i + 1)),
            RedisStorage.text(answer, i + 2).split("\n", -1),
            others);
      }
      more = answer.size() == 2 + FIELDS * ENTRIES_AT_ONCE;
    }
    announcer.others(others);
  }

  private void note(Entry entry, String[] ranges, Set<String> others) {
    read = entry.id();
    storage.seen(entry);
    int colon = entry.token().indexOf(':');
    boolean isOwn = entry.token().substring(0, colon).equals(storage.self())
        && !doubts.settle(Long.parseLong(entry.token().substring(colon + 1)));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ranges.length; i += 3) {
      names.add(ranges[i]);
    }
    moved.channels(names);
    if (!isOwn) {
      others.addAll(names);
    }
  }

  /** Blocks until nothing more is told. */
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
