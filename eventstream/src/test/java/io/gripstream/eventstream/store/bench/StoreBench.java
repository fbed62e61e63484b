package io.gripstream.eventstream.store.bench;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.feed.History;
import io.gripstream.eventstream.feed.Replay;
import io.gripstream.eventstream.feed.Subscription;
import io.gripstream.eventstream.sse.Position;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.EventStores;
import io.gripstream.eventstream.testkit.PostgresServer;
import io.gripstream.eventstream.testkit.StreamClient;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;

/**
 * 16 threads that each wait for their own send, 100-byte events, durable; against the floor: a bare
 * loop of transactions of 16 inserts each over JDBC, with the same durability on the same disk.
 * Then one client that resumes 100,000 events behind, and the way of an event from another process
 * to a direct client.
 */
public final class StoreBench {
  private static final int THREADS = 16;
  private static final Duration TIME = Duration.ofSeconds(4);
  private static final int REPLAYED = 100_000;
  private static final int CROSSINGS = 100;

  private final Map<String, Map<String, List<Double>>> measured = new LinkedHashMap<>();

  private StoreBench() {}

  public static void main(String[] arguments) throws Exception {
    StoreBench bench = new StoreBench();
    int runs = Integer.getInteger("bench.runs", 3);
    try (PostgresServer postgres = PostgresServer.start(true)) {
      for (int run = 1; run <= runs; run++) {
        bench.sqlite();
        bench.postgres(postgres);
        bench.replay();
        bench.crossProcess();
        System.err.println("run " + run + " of " + runs + " is done");
      }
    }
    bench.print(List.of(arguments).contains("--json"));
  }

  private void sqlite() throws Exception {
    Path folder = Files.createTempDirectory("store-bench");
    note("sqlite_appends_per_s", "floor", sqliteFloor(folder, THREADS));
    note("sqlite_appends_per_s", "one_per_transaction", sqliteFloor(folder, 1));
    try (EventStore store = EventStores.sqlite(folder.resolve("ours.db"))) {
      note("sqlite_appends_per_s", "ours", ours(store));
    }
    delete(folder);
  }

  private static double sqliteFloor(Path folder, int perTransaction) throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("floor.db") + "?journal_mode=WAL&synchronous=FULL";
    try (Connection connection = DriverManager.getConnection(url)) {
      return Floors.inserts(connection, perTransaction, TIME);
    }
  }

  private void postgres(PostgresServer server) throws Exception {
    String url = server.newDatabase();
    try (Connection connection = DriverManager.getConnection(url)) {
      note("postgres_appends_per_s", "floor", Floors.inserts(connection, THREADS, TIME));
    }
    try (EventStore store = EventStores.postgres(url)) {
      note("postgres_appends_per_s", "ours", ours(store));
    }
  }

  private static double ours(EventStore store) throws InterruptedException {
    store.start();
    Appends.run(store, THREADS, Duration.ofSeconds(2));
    return Appends.run(store, THREADS, TIME).perSecond();
  }

  /** From SQLite to encoded bytes. */
  private void replay() throws Exception {
    Path folder = Files.createTempDirectory("store-bench");
    try (EventStore store = EventStores.sqlite(folder.resolve("ours.db"))) {
      store.start();
      List<CompletableFuture<?>> waiting = new ArrayList<>();
      for (int i = 0; i < REPLAYED; i++) {
        waiting.add(store.append(Draft.of("a", "message", Appends.DATA)));
        if (waiting.size() == 5_000) {
          waiting.forEach(CompletableFuture::join);
          waiting.clear();
        }
      }
      History history = new History(store);
      Subscription subscription = new Subscription(null, List.of("a"), List.of(), false, null);
      read(history, subscription, store.epoch());
      long start = System.nanoTime();
      read(history, subscription, store.epoch());
      note("replay_events_per_s", "ours", REPLAYED / ((System.nanoTime() - start) / 1e9));
    }
    delete(folder);
  }

  private static void read(History history, Subscription subscription, String epoch) {
    Position position = Position.of(Map.of("a", 0L), epoch);
    Replay page;
    do {
      page = history.read(subscription, position, null, 64_000, false);
      position = page.position();
    } while (!page.complete());
    if (position.id("a") != REPLAYED) {
      throw new IllegalStateException("read up to " + position + " only");
    }
  }

  /** From the end of the append in one store to the client of another one on the same file. */
  private void crossProcess() throws Exception {
    Path folder = Files.createTempDirectory("store-bench");
    Path file = folder.resolve("ours.db");
    EventStream events = EventStream.create(config -> config.store(EventStores.sqlite(file)));
    Javalin server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(events.plugin(routes -> routes.query("/events")));
        })
        .start("127.0.0.1", 0);
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/events?channel=a");
    try (EventStore other = EventStores.sqlite(file);
        StreamClient client = StreamClient.open(uri)) {
      other.start();
      client.expectOpen();
      List<Double> delays = new ArrayList<>();
      for (int i = 0; i < CROSSINGS; i++) {
        other.append(Draft.of("a", "message", "event " + i)).join();
        long stored = System.nanoTime();
        client.expectEvent("event " + i);
        delays.add((System.nanoTime() - stored) / 1e6);
      }
      note("cross_process_ms", "ours", median(delays));
    } finally {
      server.stop();
    }
    delete(folder);
  }

  private void note(String measure, String what, double value) {
    measured
        .computeIfAbsent(measure, fresh -> new LinkedHashMap<>())
        .computeIfAbsent(what, fresh -> new ArrayList<>())
        .add(value);
  }

  private void print(boolean json) {
    Map<String, Map<String, Double>> medians = new LinkedHashMap<>();
    measured.forEach((measure, all) -> all.forEach((what, values) -> medians
        .computeIfAbsent(measure, fresh -> new LinkedHashMap<>())
        .put(what, median(values))));
    if (json) {
      System.out.println(JsonMapper.builder().build().writeValueAsString(medians));
      return;
    }
    medians.forEach((measure, all) -> all.forEach((what, value) ->
        System.out.printf(Locale.ROOT, "%-24s %-20s %12.1f%n", measure, what, value)));
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
