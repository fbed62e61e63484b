package io.gripstream.testtools;

import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises that hold when processes die at any moment. The property
 * {@code gripstream.crash.seconds} sets how long processes are killed; the whole proof takes 30.
 */
public abstract class CrashContract {
  private static final long SECONDS = Long.getLong("gripstream.crash.seconds", 8);
  private static final int[] THREADS = {3, 3, 2};

  /** A busy machine takes longer for as many. */
  private static final int LEAST_KILLS = 3;

  @TempDir
  Path notes;

  /** The storage of this test, as a URL for {@link EventStores#of}. */
  protected abstract String url();

  @Test
  void killed_publishers_leave_no_hole_no_double_and_lose_nothing() throws Exception {
    Path acknowledged = notes.resolve("acknowledged");
    Random random = new Random(42);
    List<ChildProcess> processes = new ArrayList<>();
    int started = 0;
    int killed = 0;
    try {
      for (int i = 0; i < THREADS.length; i++) {
        processes.add(publisher("p" + started++, THREADS[i], acknowledged));
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (System.nanoTime() < end || killed < LEAST_KILLS) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100 + random.nextInt(700)));
        int victim = random.nextInt(THREADS.length);
        processes.get(victim).kill();
        killed++;
        processes.set(victim, publisher("p" + started++, THREADS[victim], acknowledged));
      }
    } finally {
      processes.forEach(ChildProcess::close);
    }

    Map<String, List<Event>> stored = new HashMap<>();
    try (EventStore store = EventStores.of(url(), StoreOptions.DEFAULT)) {
      store.start();
      for (String channel : List.of("c0", "c1", "c2")) {
        stored.put(channel, all(store, channel));
      }
    }
    stored.values().forEach(CrashContract::assertNoHoleAndNoDouble);
    List<String> lines = Files.readAllLines(acknowledged);
    assertThat(lines).hasSizeGreaterThan(100);
    for (String line : lines) {
      String[] parts = line.split(" ", 3);
      List<Event> events = stored.getOrDefault(parts[0], List.of());
      int id = Integer.parseInt(parts[1]);
      assertThat(events.size()).as(line).isGreaterThanOrEqualTo(id);
      assertThat(events.get(id - 1).data()).as(line).isEqualTo(parts[2]);
    }
  }

  private ChildProcess publisher(String name, int threads, Path acknowledged) {
    ChildProcess process = ChildProcess.start(
        PublishingProgram.class, url(), name, "" + threads, acknowledged.toString());
    assertThat(process.line()).isEqualTo("ready");
    return process;
  }

  private static void assertNoHoleAndNoDouble(List<Event> events) {
    assertThat(ids(events))
        .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
    assertThat(data(events)).doesNotHaveDuplicates();
  }

  @Test
  void processes_that_start_at_once_make_one_schema() {
    List<ChildProcess> processes = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        processes.add(ChildProcess.start(
            PublishingProgram.class, url(), "m" + i, "1", notes.resolve("first").toString()));
      }
      for (ChildProcess process : processes) {
        assertThat(process.line()).isEqualTo("ready");
      }
    } finally {
      processes.forEach(ChildProcess::close);
    }
  }
}
