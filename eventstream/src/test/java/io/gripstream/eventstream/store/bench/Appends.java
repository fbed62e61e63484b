package io.gripstream.eventstream.store.bench;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.store.EventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Threads that send, each waiting for its own send before the next. */
final class Appends {
  static final String DATA = "x".repeat(100);

  private Appends() {}

  /**
   * What came of it.
   *
   * @param perSecond events per second of all threads together
   * @param p99Millis of the time one send takes
   */
  record Result(double perSecond, double p50Millis, double p99Millis) {}

  static Result run(EventStore store, int threads, Duration time) throws InterruptedException {
    List<long[]> latencies = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    long nanos = time.toNanos();
    for (int i = 0; i < threads; i++) {
      Draft draft = Draft.of("bench-" + i % 4, "message", DATA);
      Thread thread = new Thread(() -> {
        long[] own = new long[1 << 12];
        int count = 0;
        try {
          start.await();
        } catch (InterruptedException e) {
          return;
        }
        long end = System.nanoTime() + nanos;
        long before = System.nanoTime();
        while (before < end) {
          store.append(draft).join();
          long now = System.nanoTime();
          if (count == own.length) {
            own = Arrays.copyOf(own, own.length * 2);
          }
          own[count++] = now - before;
          before = now;
        }
        synchronized (latencies) {
          latencies.add(Arrays.copyOf(own, count));
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
    return new Result(
        sorted.length / seconds,
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6);
  }
}
