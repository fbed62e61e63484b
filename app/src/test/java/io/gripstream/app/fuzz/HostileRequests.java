package io.gripstream.app.fuzz;

import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.testkit.Eventually;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Sends requests, whole and broken, to a running server, and fails at an answer 500, at a
 * connection that does not end, at a log line above WARN, and when heap, files or threads are left
 * behind.
 *
 * <p>Arguments: seconds, and a seed. {@code scripts/fuzz} runs it in a separate process.
 */
public final class HostileRequests {
  static final String KEY = "0123456789-key-of-servers";

  private static final int SENDERS = 4;
  private static final int LEFT_THREADS = 20;
  private static final int LEFT_FILES = 20;
  private static final long LEFT_HEAP = 24_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TestServer server;
  private final SortedMap<String, AtomicLong> answers = new ConcurrentSkipListMap<>();
  private final Map<String, String> faults = new ConcurrentSkipListMap<>();
  private final AtomicLong sent = new AtomicLong();

  private HostileRequests(TestServer server) {
    this.server = server;
  }

  public static void main(String[] arguments) throws Exception {
    Duration time = Duration.ofSeconds(Long.parseLong(arguments[0]));
    long seed = Long.parseLong(arguments[1]);
    System.exit(run(time, seed, System.out) ? 0 : 1);
  }

  private static boolean run(Duration time, long seed, PrintStream out) throws Exception {
    Path folder = Files.createTempDirectory("hostile");
    Map<String, String> environment = Map.of(
        "DATABASE_URL",
        "jdbc:sqlite:" + folder.resolve("events.db"),
        "GRIPSTREAM_API_KEYS",
        KEY,
        "GRIPSTREAM_TOKEN_SECRET",
        "0123456789-a-secret-of-a-login-0123",
        "GRIP_URL",
        "http://127.0.0.1:9?verify-iss=pushpin&verify-key=a-key-of-twenty-bytes",
        "GRIPSTREAM_MAX_BODY_BYTES",
        "100000",
        "GRIPSTREAM_ROUTES",
        "[{path: '/objects/{id}/events', channels: ['object-{id}']}]",
        "GRIPSTREAM_CORS_ALLOW_ORIGINS",
        "https://app.example");
    try (TestServer server = TestServer.start(environment)) {
      HostileRequests fuzz = new HostileRequests(server);
      fuzz.listen();
      // The first requests load what stays.
      fuzz.send(Duration.ofSeconds(2).compareTo(time) < 0 ? time.dividedBy(4) : time, ~seed);
      Leftovers before = Leftovers.now();
      fuzz.send(time, seed);
      fuzz.settle(before);
      fuzz.answers.forEach((status, count) -> out.printf("%8d answered %s%n", count.get(), status));
      out.printf("%d requests, seed %d%n", fuzz.sent.get(), seed);
      fuzz.faults.forEach((fault, how) -> out.printf("FAULT %s%n%s%n", fault, how));
      return fuzz.faults.isEmpty();
    }
  }

  private void listen() {
    Logger.getLogger("").addHandler(new Handler() {
      @Override
      public void publish(LogRecord entry) {
        if (entry.getLevel().intValue() > Level.WARNING.intValue()) {
          faults.put("a log line above WARN", entry.getMessage() + " " + entry.getThrown());
        }
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    });
  }

  private void send(Duration time, long seed) throws Exception {
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    try {
      long end = System.nanoTime() + time.toNanos();
      List<Callable<Void>> all = Stream.iterate(seed, last -> last + 1)
          .limit(SENDERS)
          .<Callable<Void>>map(own -> () -> send(end, own))
          .toList();
      for (Future<Void> sender : senders.invokeAll(all)) {
        sender.get();
      }
    } finally {
      senders.shutdown();
    }
  }

  private Void send(long end, long seed) throws IOException {
    Mutations mutations = new Mutations(new Random(seed));
    while (System.nanoTime() < end) {
      byte[] request = mutations.next();
      Exchange exchange = Exchange.of(server.port(), request, mutations.pieces());
      sent.incrementAndGet();
      exchange
          .statuses()
          .forEach(status ->
              answers.computeIfAbsent(status, unknown -> new AtomicLong()).incrementAndGet());
      if (exchange.statuses().contains("500")) {
        faults.put("answered 500", Mutations.readable(request));
      }
      if (exchange.isStuck()) {
        faults.put("no end of the connection", Mutations.readable(request));
      }
    }
    return null;
  }

  /** Waits until what is left is what there was. */
  private void settle(Leftovers before) {
    try {
      Eventually.within(PATIENCE, () -> {
        Leftovers now = Leftovers.now();
        if (!now.isLike(before)) {
          throw new AssertionError(before + " became " + now);
        }
      });
    } catch (AssertionError left) {
      faults.put("something is left behind", left.getMessage());
    }
    if (server.get("/health/ready").status() != 200) {
      faults.put("not ready afterwards", server.get("/health/ready").body());
    }
  }

  /** @param heap in bytes, after a collection */
  private record Leftovers(int threads, long files, long heap) {
    static Leftovers now() {
      System.gc();
      Runtime java = Runtime.getRuntime();
      try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
        return new Leftovers(
            Thread.activeCount(), files.count(), java.totalMemory() - java.freeMemory());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    boolean isLike(Leftovers before) {
      return threads <= before.threads + LEFT_THREADS
          && files <= before.files + LEFT_FILES
          && heap <= before.heap + LEFT_HEAP;
    }
  }
}
