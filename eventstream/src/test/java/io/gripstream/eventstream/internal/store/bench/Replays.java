package io.gripstream.eventstream.internal.store.bench;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Replay;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.sse.FrameWriter;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.testtools.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One client that resumes 100,000 events behind: from SQLite to encoded bytes. */
final class Replays {
  private static final int EVENTS = 100_000;
  private static final int TURNS = 3;
  private static final int PAGE_BYTES = 64_000;

  private Replays() {}

  static void sqlite(Figures figures) throws Exception {
    try (Folder folder = new Folder();
        EventStore store = EventStores.sqlite(folder.file("ours.db"))) {
      run(figures, "replay_events_per_s", store);
    }
  }

  /** Also what an event takes in memory. */
  static void redis(Figures figures, RedisServer server) throws Exception {
    String url = server.newDatabase() + "?durability=relaxed";
    long before = server.usedMemory();
    try (EventStore store = EventStores.redis(url)) {
      run(figures, "redis_replay_events_per_s", store);
    }
    figures.note("redis_bytes_per_event", "ours", (server.usedMemory() - before) / (double) EVENTS);
  }

  private static void run(Figures figures, String measure, EventStore store) {
    store.start();
    List<CompletableFuture<?>> waiting = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      waiting.add(store.append(Draft.of("a", "message", Appends.DATA)));
      if (waiting.size() == 5_000) {
        waiting.forEach(CompletableFuture::join);
        waiting.clear();
      }
    }
    waiting.forEach(CompletableFuture::join);
    History history = new History(store);
    Subscription subscription = new Subscription(null, List.of("a"), List.of(), false, null);
    read(history, subscription, store.epoch());
    for (int turn = 0; turn < TURNS; turn++) {
      long start = System.nanoTime();
      read(history, subscription, store.epoch());
      figures.note(measure, "ours", EVENTS / ((System.nanoTime() - start) / 1e9));
    }
  }

  private static void read(History history, Subscription subscription, String epoch) {
    Position position = Position.of(Map.of("a", 0L), epoch);
    Replay page;
    do {
      page = history.read(subscription, position, null, PAGE_BYTES, new FrameWriter());
      position = page.position();
    } while (!page.isComplete());
    if (position.id("a") != EVENTS) {
      throw new IllegalStateException("read up to " + position + " only");
    }
  }
}
