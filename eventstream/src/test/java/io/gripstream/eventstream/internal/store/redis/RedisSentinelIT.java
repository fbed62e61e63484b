package io.gripstream.eventstream.internal.store.redis;

import static io.gripstream.eventstream.testkit.Eventually.within;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.testtools.RedisSentinel;
import io.gripstream.testtools.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A master, its replica, and a Sentinel that lets the replica take over. */
class RedisSentinelIT {
  private final List<AutoCloseable> open = new ArrayList<>();
  private RedisServer master;
  private RedisServer replica;
  private RedisSentinel sentinel;

  @BeforeEach
  void start() {
    master = RedisServer.start("--repl-diskless-sync-delay", "0");
    open.add(0, master);
    replica = RedisServer.start(
        "--replicaof", "127.0.0.1 " + master.port(), "--repl-diskless-sync-delay", "0");
    open.add(0, replica);
    within(
        Duration.ofSeconds(20),
        () -> assertThat(replica.text("INFO", "replication")).contains("master_link_status:up"));
    sentinel = RedisSentinel.of(master);
    open.add(0, sentinel);
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private EventStore started(String rest) {
    return started(rest, Duration.ofSeconds(10));
  }

  private EventStore started(String rest, Duration patience) {
    EventStore store =
        EventStores.redis(sentinel.url() + rest, StoreOptions.DEFAULT.withBusyTimeout(patience));
    open.add(0, store);
    store.start();
    return store;
  }

  @Test
  void replica_that_has_all_events_takes_over_and_no_client_is_reset() {
    EventStore store = started("?wait_replicas=1#main");
    EventStore other = started("#main");
    append(store, "a", "1");

    master.kill();

    within(Duration.ofSeconds(30), () -> append(other, "a", "2"));
    within(Duration.ofSeconds(10), () -> assertThat(data(all(store, "a"))).contains("2"));
    ChangeRecorder recorder = ChangeRecorder.of(store);
    append(other, "a", "3");
    recorder.assertToldOfOthers("a", Duration.ofSeconds(5));
    assertThat(data(all(store, "a"))).startsWith("1", "2").endsWith("3");
    assertThat(started("#main").epoch()).isEqualTo(store.epoch());
  }

  @Test
  void replica_that_takes_over_without_the_last_events_gives_their_ids_to_no_others() {
    append(started("?wait_replicas=1#main"), "a", "1");
    EventStore knows = started("#main");
    replica.command("CONFIG", "SET", "masterauth", "wrong");
    replica.command("CLIENT", "KILL", "TYPE", "master");
    append(knows, "a", "2");

    master.kill();

    within(
        Duration.ofSeconds(30),
        () -> assertThatThrownBy(() -> append(knows, "a", "3"))
            .isInstanceOf(StoreException.class)
            .hasMessageMatching("(?s).*(lacks events that it had acknowledged|was replaced).*"));
    EventStore fresh = started("#main");
    assertThat(fresh.epoch()).as("so clients are reset").isNotEqualTo(knows.epoch());
    assertThat(append(fresh, "a", "other").id()).isEqualTo(2);
  }

  @Test
  void master_that_stands_still_is_left_when_the_replica_took_over() {
    EventStore store = started("?wait_replicas=1#main");
    EventStore patient = started("#main", Duration.ofSeconds(25));
    append(store, "a", "1");
    ChangeRecorder recorder = ChangeRecorder.of(store);

    master.freeze();

    assertThat(append(patient, "a", "2").id()).isEqualTo(2);
    recorder.assertToldOfOthers("a", Duration.ofSeconds(10));
    assertThat(data(all(store, "a"))).containsExactly("1", "2");
    recorder.clear();
    append(patient, "a", "3");
    recorder.assertToldOfOthers("a", Duration.ofSeconds(5));
    assertThat(started("#main").epoch()).isEqualTo(store.epoch());
  }

  @Test
  void replica_that_takes_over_at_a_quiet_time_resets_no_client() {
    EventStore store = started("?wait_replicas=1#main");
    append(store, "a", "1");

    // The Sentinel has to ask a new replica first.
    within(Duration.ofSeconds(20), () -> sentinel.failOver(master));

    within(
        Duration.ofSeconds(30),
        () -> assertThat(master.text("INFO", "replication")).contains("master_link_status:up"));
    append(store, "a", "2");
    assertThat(data(all(store, "a"))).containsExactly("1", "2");
    assertThat(started("#main").epoch()).isEqualTo(store.epoch());
  }

  /** Without waiting for the replica, this loses events that were acknowledged. */
  @Test
  void takeover_while_events_are_sent_loses_none_that_was_acknowledged() throws Exception {
    EventStore store = started("?wait_replicas=1#main");
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    AtomicBoolean ended = new AtomicBoolean();
    List<CompletableFuture<Void>> senders = IntStream.range(0, 4)
        .mapToObj(sender -> CompletableFuture.runAsync(
            () -> {
              // A store whose server lacks what its clients saw refuses everything.
              for (int i = 0; !ended.get() && store.fault().isEmpty(); i++) {
                String data = sender + ":" + i;
                try {
                  append(store, "a", data);
                  acknowledged.add(data);
                } catch (StoreException e) {
                  // Not acknowledged.
                }
              }
            },
            task -> new Thread(task).start()))
        .toList();
    within(Duration.ofSeconds(10), () -> assertThat(acknowledged).hasSizeGreaterThan(50));

    within(Duration.ofSeconds(20), () -> sentinel.failOver(master));
    within(
        Duration.ofSeconds(30),
        () -> assertThat(master.text("INFO", "replication")).contains("master_link_status:up"));
    ended.set(true);
    CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

    List<Event> stored = all(started("#main"), "a");
    assertThat(ids(stored))
        .isEqualTo(LongStream.rangeClosed(1, stored.size()).boxed().toList());
    assertThat(data(stored)).doesNotHaveDuplicates().containsAll(acknowledged);
  }

  @Test
  void append_whose_connection_ends_while_it_waits_for_the_replica_waits_again() throws Exception {
    EventStore store = started("?wait_replicas=1#main");
    append(store, "a", "1");
    replica.freeze();
    CompletableFuture<Appended> appended = store.append(Draft.of("a", "message", "2"));
    within(Duration.ofSeconds(5), () -> assertThat(data(all(store, "a"))).contains("2"));

    master.command("CLIENT", "KILL", "TYPE", "normal");

    within(
        Duration.ofSeconds(5),
        () -> assertThat(master.text("CLIENT", "LIST")).containsPattern("flags=b .* cmd=wait "));
    assertThat(appended).isNotDone();
    replica.go();
    assertThat(appended.get(10, TimeUnit.SECONDS).event().id()).isEqualTo(2);
    assertThat(data(all(store, "a"))).containsExactly("1", "2");
  }

  @Test
  void name_that_the_sentinel_does_not_know_is_refused() {
    assertThatThrownBy(() -> started("#other"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Redis other of Sentinels at 127.0.0.1:");
  }
}
