package io.gripstream.eventstream.internal.store.redis;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.eventstream.testkit.CuttableLine;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.testtools.CuttingProxy;
import io.gripstream.testtools.Logged;
import io.gripstream.testtools.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis, and ways to it, that fail. */
class RedisFaultIT {
  /** How long a fault lasts: longer than senders wait, and than connections pause. */
  private static final Duration FAULT = Duration.ofSeconds(Long.getLong("fault.seconds", 3));

  @TempDir
  Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private RedisServer server;

  @BeforeEach
  void start() {
    server = RedisServer.start();
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    server.close();
  }

  private EventStore started(int port, String rest, Duration patience) {
    EventStore store = EventStores.redis(
        "redis://127.0.0.1:" + port + "/" + rest, StoreOptions.DEFAULT.withBusyTimeout(patience));
    open.add(0, store);
    store.start();
    return store;
  }

  private EventStore started() {
    return started(server.port(), "", Duration.ofSeconds(5));
  }

  @Test
  void restart_with_its_data_loses_nothing_and_resets_no_client() {
    EventStore store = started();
    EventStore other = started();
    append(store, "a", "1");
    String epoch = store.epoch();

    server.kill();
    CompletableFuture<Appended> waiting = store.append(Draft.of("a", "message", "2"));
    server.resume();

    assertThat(waiting.join().event().id()).isEqualTo(2);
    ChangeRecorder recorder = ChangeRecorder.of(other);
    assertThat(append(store, "a", "3").id()).isEqualTo(3);
    recorder.assertToldOfOthers("a", Duration.ofSeconds(5));
    assertThat(data(all(other, "a"))).containsExactly("1", "2", "3");
    assertThat(started().epoch()).isEqualTo(epoch);
  }

  /** Otherwise the news of other processes would stop in silence. */
  @Test
  void log_entry_that_cannot_be_read_is_reported() {
    EventStore store = started();
    append(store, "a", "1");
    String log = server.text("KEYS", "*:log").strip();

    server.command("XADD", log, "*", "w", "nobody", "n", "a", "f", "0", "t", "0");

    // Each second, at the poll.
    eventually(() -> assertThat(Logged.during(() -> LockSupport.parkNanos(500_000_000)))
        .contains("gripstream-store-watcher had an unexpected exception"));
  }

  @Test
  void restart_without_its_data_is_another_storage() {
    EventStore store = started();
    append(store, "a", "1");

    server.kill();
    server.forget();
    server.resume();

    assertThatThrownBy(() -> append(store, "a", "2"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the storage was replaced while it was in use");
    assertThatThrownBy(() -> store.read("a", 0, 9, PageLimit.DEFAULT))
        .isInstanceOf(StoreException.class);
    assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class);
    EventStore fresh = started();
    assertThat(fresh.epoch()).as("so clients are reset").isNotEqualTo(store.epoch());
    assertThat(append(fresh, "a", "other").id()).isEqualTo(1);
  }

  /** As a replica does that is promoted and lacks the last writes. */
  @Test
  void server_that_lacks_the_last_events_gives_their_ids_to_no_others() throws IOException {
    EventStore knows = started();
    EventStore idle = started();
    append(knows, "a", "1");
    server.stop();
    Path earlier = folder.resolve("earlier");
    copy(server.folder(), earlier);
    server.resume();
    eventually(() -> append(knows, "a", "2"));
    eventually(() -> assertThat(all(idle, "a")).hasSizeGreaterThan(1));

    server.kill();
    server.forget();
    copy(earlier, server.folder());
    server.resume();

    assertThatThrownBy(() -> append(knows, "a", "3"))
        .isInstanceOf(StoreException.class)
        .hasMessageMatching("(?s).*(lacks events that it had acknowledged|was replaced).*");
    EventStore fresh = started();
    assertThat(fresh.epoch()).as("so clients are reset").isNotEqualTo(knows.epoch());
    assertThatThrownBy(() -> append(idle, "a", "3")).isInstanceOf(StoreException.class);
  }

  /** Events that no remaining process knows: their writers ended with the server. */
  @Test
  void server_that_may_lack_the_last_second_is_not_trusted_by_a_new_process() {
    server.command("CONFIG", "SET", "appendfsync", "everysec");
    EventStore store = started(server.port(), "?durability=relaxed", Duration.ofSeconds(5));
    append(store, "a", "1");
    store.close();

    server.kill();
    server.resume("--appendfsync", "everysec");

    EventStore fresh = started(server.port(), "?durability=relaxed", Duration.ofSeconds(5));
    assertThat(fresh.epoch()).isNotEqualTo(store.epoch());
    assertThat(append(fresh, "a", "2").id()).as("ids go on").isEqualTo(2);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  @Test
  void batch_whose_answer_was_cut_off_is_stored_once() throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(server.port(), Script.APPEND.sha())) {
      EventStore store = started(proxy.port(), "", Duration.ofSeconds(5));
      append(store, "a", "1");
      for (CuttingProxy.Cut cut : CuttingProxy.Cut.values()) {
        proxy.cutNext(cut);
        long id = append(store, "a", cut.name()).id();
        assertThat(proxy.hasCut()).isTrue();
        assertThat(all(store, "a").get((int) id - 1).data()).isEqualTo(cut.name());
      }
      assertThat(data(all(store, "a"))).containsExactly("1", "BEFORE_COMMIT", "AFTER_COMMIT");
      store.close();
    }
  }

  @Test
  void connections_cut_again_and_again_leave_no_hole_and_no_double() throws Exception {
    try (CuttableLine line = CuttableLine.to(server.port())) {
      EventStore store = started(line.port(), "", Duration.ofSeconds(5));
      Map<Long, String> acknowledged = new ConcurrentHashMap<>();
      AtomicBoolean ended = new AtomicBoolean();
      List<Thread> senders = IntStream.range(0, 4)
          .mapToObj(sender -> new Thread(() -> {
            for (int i = 0; !ended.get(); i++) {
              String data = sender + ":" + i;
              acknowledged.put(append(store, "a", data).id(), data);
            }
          }))
          .toList();
      senders.forEach(Thread::start);
      for (int i = 0; i < 10; i++) {
        int before = acknowledged.size();
        line.cut();
        eventually(() -> assertThat(acknowledged.size()).isGreaterThan(before + 4));
      }
      ended.set(true);
      for (Thread sender : senders) {
        sender.join();
      }

      List<String> stored = data(all(store, "a"));
      assertThat(ids(all(store, "a")))
          .isEqualTo(LongStream.rangeClosed(1, stored.size()).boxed().toList());
      assertThat(stored).doesNotHaveDuplicates();
      assertThat(acknowledged)
          .allSatisfy((id, data) -> assertThat(stored.get((int) (id - 1))).isEqualTo(data));
      store.close();
    }
  }

  @Test
  void process_that_was_cut_off_sends_missed_events_to_its_direct_clients() throws Exception {
    try (CuttableLine line = CuttableLine.to(server.port())) {
      EventStore store = started();
      EventStore away = EventStores.redis(
          "redis://127.0.0.1:" + line.port() + "/",
          StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(1)));
      try (StreamServer direct = StreamServer.builder()
              .store(away)
              .configure(config -> config.clock(Clock.systemUTC()))
              .start();
          StreamClient client = direct.open("/events?channel=a&channel=b").expectOpen()) {
        append(store, "a", "before");
        client.expectEvent("before");

        line.takeDown();
        long end = System.nanoTime() + FAULT.toNanos();
        List<String> missed = new ArrayList<>();
        do {
          missed.add("missed " + missed.size());
          append(store, "a", missed.get(missed.size() - 1));
          LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        } while (System.nanoTime() < end);
        assertThat(away.check()).isInstanceOf(StoreHealth.Failed.class);
        line.mend();

        for (String data : missed) {
          client.expectEvent(data);
        }
        append(store, "b", "after");
        client.expectEvent("after");
        eventually(() -> assertThat(away.check()).isEqualTo(StoreHealth.OK));
      }
    }
  }

  @Test
  void changed_limit_reaches_idle_channels_also_if_the_first_check_fails() {
    EventStore before = started();
    for (int i = 0; i < 9; i++) {
      append(before, "idle", "" + i);
    }
    before.close();
    // The removal of events writes to this key first.
    server.command("SET", "gripstream_{0}:trimmed", "of another type");

    EventStore store = EventStores.redis(
        "redis://127.0.0.1:" + server.port() + "/",
        StoreOptions.DEFAULT.withRetention(Retention.DEFAULT.withSize(3)));
    open.add(0, store);
    store.start();
    eventually(() -> assertThat(server.text("INFO", "errorstats")).contains("WRONGTYPE"));
    server.command("DEL", "gripstream_{0}:trimmed");

    eventually(() -> assertThat(data(all(store, "idle"))).containsExactly("6", "7", "8"));
  }

  @Test
  void server_that_stands_still_stores_each_event_once_and_senders_get_answers_in_time()
      throws Exception {
    EventStore patient = started(server.port(), "", FAULT.plusSeconds(20));
    Duration patience = Duration.ofSeconds(1);
    EventStore hasty = started(server.port(), "", patience);
    append(patient, "a", "1");
    append(hasty, "a", "2");
    ChangeRecorder recorder = ChangeRecorder.of(hasty);
    Map<Long, String> acknowledged = new ConcurrentHashMap<>();
    Map<String, StoreException.Kind> failed = new ConcurrentHashMap<>();

    server.freeze();
    long end = System.nanoTime() + FAULT.toNanos();
    CompletableFuture<Appended> waits = patient.append(Draft.of("a", "message", "patient"));
    List<CompletableFuture<Void>> senders = IntStream.range(0, 4)
        .mapToObj(sender -> CompletableFuture.runAsync(
            () -> {
              for (int i = 0; System.nanoTime() < end; i++) {
                String data = sender + ":" + i;
                long since = System.nanoTime();
                try {
                  acknowledged.put(append(hasty, "a", data).id(), data);
                } catch (StoreException e) {
                  failed.put(data, e.kind());
                  assertThat(e).hasMessageContaining("did not answer in time");
                }
                assertThat(System.nanoTime() - since)
                    .as("its own time, and that of a batch before it")
                    .isLessThan(patience.multipliedBy(2).plusSeconds(5).toNanos());
              }
            },
            task -> new Thread(task).start()))
        .toList();
    assertThatThrownBy(() -> hasty.read("a", 0, 9, PageLimit.DEFAULT))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("did not answer in time");
    CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new))
        .get(FAULT.toSeconds() + 30, TimeUnit.SECONDS);
    server.go();

    assertThat(waits.orTimeout(15, TimeUnit.SECONDS).join().isRepeated()).isFalse();
    eventually(() -> append(hasty, "a", "last"));
    assertThat(failed.values()).contains(StoreException.Kind.UNKNOWN_OUTCOME);
    List<String> stored = data(all(patient, "a"));
    assertThat(ids(all(patient, "a")))
        .isEqualTo(LongStream.rangeClosed(1, stored.size()).boxed().toList());
    assertThat(stored.stream().filter(data -> !data.equals("last")))
        .contains("1", "2", "patient")
        .doesNotHaveDuplicates();
    assertThat(acknowledged)
        .allSatisfy((id, data) -> assertThat(stored.get((int) (id - 1))).isEqualTo(data));
    failed.forEach((data, kind) -> {
      if (kind == StoreException.Kind.UNAVAILABLE) {
        assertThat(stored).as("what was told not to be stored").doesNotContain(data);
      }
    });
    recorder.assertToldOfOthers("a", Duration.ofSeconds(5));
  }
}
