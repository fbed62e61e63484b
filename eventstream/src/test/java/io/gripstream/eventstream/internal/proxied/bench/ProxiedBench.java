package io.gripstream.eventstream.internal.proxied.bench;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.javalin.Javalin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * 2,000 clients behind one Pushpin, as it is configured in {@code pushpin/}, connecting within 10 s
 * while an event is sent each second: with a link that all share, and with a link for each user.
 * The chosen versions take turns.
 */
public final class ProxiedBench {
  private static final int CLIENTS = 2_000;
  private static final Duration CONNECTING = Duration.ofSeconds(10);
  private static final int EVENTS = 25;

  private final Path directory = Files.createTempDirectory("proxied-bench");
  private final Path database = directory.resolve("events.db");
  private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private final AtomicIntegerArray followUps = new AtomicIntegerArray(600);
  private final long began = System.nanoTime();
  private final Pushpin pushpin;
  private final EventStream events;
  private final Javalin server;
  private final Map<String, Double> measured = new TreeMap<>();

  private ProxiedBench(PushpinVersion version, Path configurations) throws Exception {
    int port = Ports.free(1).get(0);
    pushpin = Pushpin.builder()
        .version(version)
        .configurationIn(configurations)
        .route("* 127.0.0.1:" + port)
        .start();
    ChannelManager manager = new ChannelManager() {
      @Override
      public boolean canRead(@Nullable String user, String channel) {
        return user == null || !forbidden.contains(user);
      }
    };
    events = EventStream.create(config -> config
        .store(EventStores.sqlite(database))
        .proxy(GripProxy.parse(pushpin.gripUrl()), pushpin.uri())
        .channelManager(manager)
        .user(request -> request.cookie("user")));
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.routes.before(ctx -> {
            if (ctx.path().contains("/~next/")) {
              followUps.incrementAndGet(second());
            }
          });
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.queryParam("/events")));
        })
        .start("127.0.0.1", port);
    pushpin.awaitStream("/events?channel=ready");
  }

  public static void main(String[] arguments) throws Exception {
    int runs = Integer.getInteger("bench.runs", 3);
    List<PushpinVersion> versions = PushpinVersion.chosen();
    Map<String, Map<PushpinVersion, List<Double>>> all = new TreeMap<>();
    for (int run = 1; run <= runs; run++) {
      for (PushpinVersion version : versions) {
        var bench = new ProxiedBench(version, Path.of(arguments[0]));
        try {
          bench.shared();
          bench.personal();
        } finally {
          bench.close();
        }
        bench.measured.forEach((name, value) -> all.computeIfAbsent(name, fresh -> new TreeMap<>())
            .computeIfAbsent(version, fresh -> new ArrayList<>())
            .add(value));
        System.err.println(
            "Pushpin " + version + ", run " + run + " of " + runs + ": " + bench.measured);
      }
    }
    report(all, versions, List.of(arguments).contains("--json"));
  }

  /** Medians; "ours" is with the newest version. */
  private static void report(
      Map<String, Map<PushpinVersion, List<Double>>> all,
      List<PushpinVersion> versions,
      boolean json) {
    if (!json) {
      System.out.printf(Locale.ROOT, "%-24s", "Pushpin");
      versions.forEach(version -> System.out.printf(Locale.ROOT, " %10s", version));
      System.out.println();
    }
    Map<String, Object> result = new TreeMap<>();
    all.forEach((name, byVersion) -> {
      Map<String, Double> medians = new TreeMap<>();
      if (!json) {
        System.out.printf(Locale.ROOT, "%-24s", name);
      }
      byVersion.forEach((version, values) -> {
        Collections.sort(values);
        double median = values.get(values.size() / 2);
        medians.put("pushpin_" + version, median);
        medians.put("ours", median);
        if (!json) {
          System.out.printf(Locale.ROOT, " %10.1f", median);
        }
      });
      if (!json) {
        System.out.println();
      }
      result.put(name, medians);
    });
    if (json) {
      System.out.println(JsonMapper.builder().build().writeValueAsString(result));
    }
  }

  private void shared() {
    int from = second();
    try (Crowd crowd = crowd("shared", client -> "")) {
      send("shared");
      measured.put("shared_p99_ms", crowd.p99Millis());
      int busiest = 0;
      for (int i = from; i <= second(); i++) {
        busiest = Math.max(busiest, followUps.get(i));
      }
      measured.put("shared_followups_per_s", (double) busiest);
      measured.merge("heal_s", heal("shared", crowd), Math::max);
      checkNobodyLeft(crowd, 0);
    }
  }

  private void personal() {
    try (StreamClient before =
        StreamClient.open(pushpin.uri().resolve("/events?channel=personal"))) {
      before.expectOpen().expectNothing(Duration.ofSeconds(3));
      try (Crowd crowd = crowd("personal", client -> "user=user-" + client)) {
        send("personal");
        measured.put("personal_p99_ms", crowd.p99Millis());
        measured.merge("heal_s", heal("personal", crowd), Math::max);
        forbidden.add("user-7");
        long since = System.nanoTime();
        events.permissionChanged("user-7", "personal");
        await(() -> "the kicked user stays", () -> crowd.isEnded(7));
        measured.put("kick_s", (System.nanoTime() - since) / 1e9);
        checkNobodyLeft(crowd, 1);
      }
    }
  }

  private Crowd crowd(String channel, IntFunction<String> cookie) {
    return new Crowd(
        pushpin.uri().resolve("/events?channel=" + channel), CLIENTS, CONNECTING, cookie);
  }

  /** An event each second, from the first connection on. */
  private void send(String channel) {
    long next = System.nanoTime();
    for (int i = 0; i < EVENTS; i++) {
      next += Duration.ofSeconds(1).toNanos();
      LockSupport.parkNanos(next - System.nanoTime());
      events.send(channel, "message", "@" + System.nanoTime());
    }
    LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
  }

  /** How long until all have an event whose publisher was killed between commit and publish. */
  private double heal(String channel, Crowd crowd) {
    int[] had = new int[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      had[i] = crowd.events(i);
    }
    long since = System.nanoTime();
    try (EventStore killed = EventStores.sqlite(database)) {
      killed.start();
      killed.append(Draft.of(channel, "message", "@" + System.nanoTime())).join();
      await(
          () -> missing(crowd, had) + " of the clients have the orphan not; " + crowd.cut()
              + " were cut",
          () -> missing(crowd, had) == 0);
    }
    return (System.nanoTime() - since) / 1e9;
  }

  private static long missing(Crowd crowd, int[] had) {
    return IntStream.range(0, CLIENTS).filter(i -> crowd.events(i) <= had[i]).count();
  }

  private void checkNobodyLeft(Crowd crowd, int butFor) {
    measured.merge("cut_streams", (double) crowd.cut(), Double::sum);
    if (crowd.connected() != CLIENTS || crowd.endedCount() != butFor) {
      throw new IllegalStateException(
          crowd.connected() + " connected, " + crowd.endedCount() + " ended");
    }
  }

  private static void await(Supplier<String> what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("after 60 s: " + what.get());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private int second() {
    return (int) ((System.nanoTime() - began) / 1_000_000_000L);
  }

  private void close() throws Exception {
    server.stop();
    pushpin.close();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
