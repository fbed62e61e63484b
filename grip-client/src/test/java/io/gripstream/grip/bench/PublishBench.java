package io.gripstream.grip.bench;

import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.Pushpin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Items per second and the time of a lone publish: ours, the old library, and raw sockets, in turn
 * against one Pushpin with the configuration that we ship. Arguments: its folder, the class path
 * and main class of the old library, and {@code --json}.
 */
public final class PublishBench {

  private static final int ROUNDS = 5;
  private static final int BATCHES = 3_000;
  private static final int BATCH = 100;
  private static final int CHANNELS = 10;
  private static final int WINDOW = 5_000;
  private static final int LONE = 1_000;
  private static final String CONTENT = "x".repeat(100);

  private final Pushpin pushpin;
  private final RawControl raw;
  private final String oldClassPath;

  private PublishBench(Pushpin pushpin, String oldClassPath) {
    this.pushpin = pushpin;
    this.raw = new RawControl(pushpin.controlUri());
    this.oldClassPath = oldClassPath;
  }

  public static void main(String[] args) throws Exception {
    try (Pushpin pushpin =
        Pushpin.builder().configurationIn(Path.of(args[0])).route("* test").start()) {
      new PublishBench(pushpin, args[1]).run(Arrays.asList(args).contains("--json"));
    }
  }

  private void run(boolean json) throws Exception {
    warmUp();
    var floor1 = new ArrayList<Double>();
    var floor2 = new ArrayList<Double>();
    var ours = new ArrayList<Double>();
    var old = new ArrayList<Double>();
    var loneFloor = new ArrayList<Double>();
    var loneOurs = new ArrayList<Double>();
    for (int round = 0; round < ROUNDS; round++) {
      floor1.add(floorRate(1));
      floor2.add(floorRate(2));
      ours.add(ourRate());
      loneFloor.add(loneFloorMillis());
      loneOurs.add(loneOurMillis());
      old.add(oldRate());
    }
    // The honest floor is the better of one and two sockets at a time.
    double floor = Math.max(median(floor1), median(floor2));
    if (json) {
      System.out.printf(
          Locale.ROOT,
          "{\"items_per_s\":{\"ours\":%.0f,\"floor\":%.0f,\"gripcontrol\":%.0f},"
              + "\"lone_publish_ms\":{\"ours\":%.3f,\"floor\":%.3f}}%n",
          median(ours),
          floor,
          median(old),
          median(loneOurs),
          median(loneFloor));
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "Items of 100 bytes on %d channels, median of %d rounds%n%n",
        CHANNELS,
        ROUNDS);
    line("floor, 1 socket at a time", median(floor1), floor);
    line("floor, 2 sockets at a time", median(floor2), floor);
    line("ours", median(ours), floor);
    line("gripcontrol 1.0.0, blocking", median(old), floor);
    System.out.printf(
        Locale.ROOT, "%nours / gripcontrol: %.0f times%n", median(ours) / median(old));
    System.out.printf(
        Locale.ROOT,
        "lone publish, median: ours %.3f ms, raw %.3f ms (%.1f times)%n",
        median(loneOurs),
        median(loneFloor),
        median(loneOurs) / median(loneFloor));
  }

  private static void line(String name, double rate, double floor) {
    System.out.printf(
        Locale.ROOT,
        "%-28s %,10.0f items/s  %3.0f %% of the floor%n",
        name,
        rate,
        100 * rate / floor);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /** Until the compiler has seen it all: several thousand requests of each kind. */
  private void warmUp() throws Exception {
    floorRate(1);
    for (int i = 0; i < 3; i++) {
      ourRate();
    }
    for (int i = 0; i < 3; i++) {
      loneFloorMillis();
      loneOurMillis();
    }
  }

  private static Item item(int n) {
    return Item.stream("channel-" + n % CHANNELS, CONTENT);
  }

  private double floorRate(int sockets) throws Exception {
    List<byte[]> items = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      items.add(item(i).toJson());
    }
    byte[] request = RawControl.request(items);
    long start = System.nanoTime();
    var threads = new ArrayList<CompletableFuture<Void>>();
    for (int t = 0; t < sockets; t++) {
      threads.add(CompletableFuture.runAsync(
          () -> {
            try {
              for (int i = 0; i < BATCHES / sockets; i++) {
                raw.post(request);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          work -> new Thread(work).start()));
    }
    for (CompletableFuture<Void> thread : threads) {
      thread.get(60, TimeUnit.SECONDS);
    }
    return BATCHES * BATCH / seconds(start);
  }

  private double ourRate() throws Exception {
    var window = new Semaphore(WINDOW);
    int total = BATCHES * BATCH;
    var done = new CountDownLatch(total);
    try (ProxyPublisher publisher = ProxyPublisher.create(pushpin.proxy())) {
      long start = System.nanoTime();
      for (int i = 0; i < total; i++) {
        window.acquire();
        publisher.publish(item(i)).whenComplete((ok, error) -> {
          if (error != null) {
            error.printStackTrace();
            System.exit(1);
          }
          window.release();
          done.countDown();
        });
      }
      if (!done.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("not published within 60 s");
      }
      return total / seconds(start);
    }
  }

  private double loneFloorMillis() throws IOException {
    byte[] request = RawControl.request(List.of(item(0).toJson()));
    var times = new ArrayList<Double>();
    for (int i = 0; i < LONE; i++) {
      long start = System.nanoTime();
      raw.post(request);
      times.add(seconds(start) * 1_000);
    }
    return median(times);
  }

  private double loneOurMillis() throws InterruptedException, ExecutionException {
    var times = new ArrayList<Double>();
    try (ProxyPublisher publisher = ProxyPublisher.create(pushpin.proxy())) {
      for (int i = 0; i < LONE; i++) {
        long start = System.nanoTime();
        publisher.publish(item(i)).get();
        times.add(seconds(start) * 1_000);
      }
    }
    return median(times);
  }

  /** In a separate process, because it needs other versions of our libraries. */
  private double oldRate() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            oldClassPath,
            "io.gripstream.bench.GripcontrolRate",
            pushpin.controlUri().toString(),
            String.valueOf(CHANNELS))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try {
      String out =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException("the old library failed: " + out);
      }
      return Double.parseDouble(out);
    } finally {
      process.destroy();
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
