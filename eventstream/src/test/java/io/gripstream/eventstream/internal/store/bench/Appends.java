package io.gripstream.eventstream.internal.store.bench;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.store.EventStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** Threads that send, each waiting for its own send before the next. */
final class Appends {
  static final int THREADS = 16;
  static final int CHANNELS = 4;
  static final String DATA = "x".repeat(100);

  private static final int UNDER_WAY = 2_000;

  private Appends() {}

  static String channel(int number) {
    return "bench-" + number;
  }

  /**
   * The result.
   *
   * @param perSecond events per second of all threads together
   * @param p99Millis of the time one send takes
   */
  record Result(double perSecond, double p99Millis) {}

  static Result run(EventStore store, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    return runWhile(store, () -> System.nanoTime() < end);
  }

  /** One thread that does not wait, with this number of sends in progress. Events per second. */
  static double flood(EventStore store, Duration time) {
    ArrayDeque<CompletableFuture<?>> underWay = new ArrayDeque<>();
    long sent = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      underWay.add(store.append(Draft.of(channel((int) (sent++ % CHANNELS)), "message", DATA)));
      if (underWay.size() == UNDER_WAY) {
        underWay.remove().join();
      }
    }
    underWay.forEach(CompletableFuture::join);
    return sent / ((System.nanoTime() - start) / 1e9);
  }

  /** Goes on while that is so; every thread asks before each send. */
  static Result runWhile(EventStore store, BooleanSupplier goOn) throws InterruptedException {
    List<long[]> latencies = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Draft draft = Draft.of(channel(i % CHANNELS), "message", DATA);
      Thread thread = new Thread(() -> {
        try {
          start.await();
        } catch (InterruptedException e) {
          return;
        }
        long[] own = send(store, draft, goOn);
        synchronized (latencies) {
          latencies.add(own);
        }
      });
      all.add(thread);
      thread.start();
    }
    long before = System.nanoTime();
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    double seconds = (System.nanoTime() - before) / 1e9;
    long[] sorted = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Result(sorted.length / seconds, sorted[(int) (sorted.length * 0.99)] / 1e6);
  }

  private static long[] send(EventStore store, Draft draft, BooleanSupplier goOn) {
    long[] latencies = new long[1 << 12];
    int count = 0;
    while (goOn.getAsBoolean()) {
      long before = System.nanoTime();
      store.append(draft).join();
      if (count == latencies.length) {
        latencies = Arrays.copyOf(latencies, latencies.length * 2);
      }
      latencies[count++] = System.nanoTime() - before;
    }
    return Arrays.copyOf(latencies, count);
  }
}
