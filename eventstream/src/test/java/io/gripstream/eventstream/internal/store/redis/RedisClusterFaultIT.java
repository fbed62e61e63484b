package io.gripstream.eventstream.internal.store.redis;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Eventually.within;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.testtools.RedisCluster;
import io.gripstream.testtools.RedisServer;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Cluster whose nodes fail, and change what they do. */
class RedisClusterFaultIT {
  private static final int MASTERS = 3;
  private static RedisCluster cluster;

  private final List<AutoCloseable> open = new ArrayList<>();
  private String prefix;

  @BeforeAll
  static void startCluster() {
    cluster = RedisCluster.start();
  }

  @AfterAll
  static void endCluster() {
    cluster.close();
  }

  @BeforeEach
  void chooseKeys() {
    prefix = cluster.newPrefix();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private EventStore started(String rest, Duration patience) {
    EventStore store = EventStores.redis(
        cluster.url() + rest,
        StoreOptions.DEFAULT.withTablePrefix(prefix).withBusyTimeout(patience));
    open.add(0, store);
    store.start();
    return store;
  }

  private EventStore started() {
    return started("", Duration.ofSeconds(10));
  }

  /** A channel whose keys this master had at the beginning. */
  private static String channelOf(int master) {
    return IntStream.range(0, 1_000)
        .mapToObj(number -> "channel-" + number)
        .filter(channel -> slotOf(tagOf(channel)) * MASTERS / SlotHash.SLOT_COUNT == master)
        .findFirst()
        .orElseThrow();
  }

  private static int slotOf(String tag) {
    return SlotHash.getSlot(tag.getBytes(StandardCharsets.UTF_8));
  }

  private static String tagOf(String channel) {
    Buckets buckets = Buckets.ofCluster(tag -> new Bucket(null, new Keys("", tag, 0)));
    String key = buckets.of(channel).keys().meta();
    return key.substring(1, key.indexOf('}'));
  }

  @Test
  void channels_are_spread_over_all_masters_and_one_send_goes_to_those_of_one_slot() {
    EventStore store = started("?wait_replicas=1", Duration.ofSeconds(10));
    for (int master = 0; master < MASTERS; master++) {
      assertThat(append(store, channelOf(master), "x").id()).isEqualTo(1);
      String keys = cluster.node(master).text("KEYS", prefix + "{*}:events:*");
      assertThat(keys).contains(":events:" + channelOf(master));
    }
    assertThat(append(store, Draft.of(List.of("{x}a", "b{x}"), "message", "x")).events())
        .hasSize(2);
    assertThatThrownBy(() ->
            append(store, Draft.of(List.of(channelOf(0), channelOf(1)), "message", "x")))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("lie in different slots of the Redis Cluster")
        .hasMessageContaining("the same part in braces, such as \"{x}" + channelOf(0) + "\"");
    assertThat(store.remarks())
        .hasSize(2)
        .allSatisfy(remark -> assertThat(remark).contains(cluster.node(0).port() + ", 127.0.0.1:"))
        .anySatisfy(remark -> assertThat(remark).contains("survives a power cut"))
        .anySatisfy(remark ->
            assertThat(remark).contains("each have 1 replica").contains("wait_replicas=1"));
  }

  @Test
  void node_of_a_cluster_that_is_named_alone_leads_to_all() {
    EventStore store = EventStores.redis(
        "redis://127.0.0.1:" + cluster.node(1).port(),
        StoreOptions.DEFAULT.withTablePrefix(prefix));
    open.add(store);
    store.start();
    for (int master = 0; master < MASTERS; master++) {
      assertThat(append(store, channelOf(master), "x").id()).isEqualTo(1);
    }
    assertThatThrownBy(
            () -> EventStores.redis("redis://127.0.0.1:" + cluster.node(1).port() + "/3")
                .start())
        .hasMessageContaining("database 3 is a node of a Cluster, which has no such database");
  }

  @Test
  void login_of_the_address_counts_at_each_node_and_few_rights_are_enough() {
    String rights = "ACL SETUSER app on >s3cret ~gripstream_* &gripstream_* +@read +@write"
        + " +@scripting +@connection +@pubsub +info +time +config|get +cluster|nodes +cluster|myid";
    IntStream.range(0, 2 * MASTERS)
        .forEach(node -> cluster.node(node).command(rights.split(" ", -1)));
    String places = cluster.url().substring("redis://".length());
    StoreOptions options = StoreOptions.DEFAULT.withTablePrefix(prefix);
    EventStore store = EventStores.redis("redis://app:s3cret@" + places, options);
    open.add(store);
    store.start();
    onMasters(master -> append(store, channelOf(master), "x"));
    assertThatThrownBy(
            () -> EventStores.redis("redis://app:no@" + places, options).start())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not accept the user and password");
  }

  @Test
  void servers_that_are_no_cluster_are_refused() {
    String one = "127.0.0.1:" + RedisServer.shared().port();
    EventStore store = EventStores.redis("redis://" + one + "," + one);
    open.add(store);
    assertThatThrownBy(store::start)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is not a node of a Cluster");
  }

  @Test
  void direct_clients_of_ten_processes_see_the_events_of_each() throws Exception {
    List<StreamServer> servers = new ArrayList<>();
    List<StreamClient> clients = new ArrayList<>();
    String query = "?channel=" + channelOf(0) + "&channel=" + channelOf(1);
    for (int i = 0; i < 10; i++) {
      StreamServer server = StreamServer.builder()
          .store(EventStores.redis(cluster.url(), StoreOptions.DEFAULT.withTablePrefix(prefix)))
          .configure(config -> config.clock(Clock.systemUTC()))
          .start();
      open.add(server);
      servers.add(server);
      clients.add(server.open("/events" + query).expectOpen());
    }
    for (int i = 0; i < 10; i++) {
      servers.get(i).events().send(channelOf(i % 2), "message", "from " + i);
      for (StreamClient client : clients) {
        client.expectEvent("from " + i);
      }
    }
    clients.forEach(StreamClient::close);
  }

  private static void onMasters(IntConsumer task) {
    IntStream.range(0, MASTERS).forEach(task);
  }

  /** While four threads send to a channel: no hole, no double, nothing acknowledged is missing. */
  private void assertNothingIsLostWhile(EventStore store, String channel, Runnable fault)
      throws Exception {
    Map<Long, String> acknowledged = new ConcurrentHashMap<>();
    AtomicBoolean ended = new AtomicBoolean();
    List<CompletableFuture<Void>> senders = IntStream.range(0, 4)
        .mapToObj(sender -> CompletableFuture.runAsync(
            () -> {
              for (int i = 0; !ended.get(); i++) {
                String data = sender + ":" + i;
                acknowledged.put(append(store, channel, data).id(), data);
              }
            },
            task -> new Thread(task).start()))
        .toList();
    eventually(() -> assertThat(acknowledged).hasSizeGreaterThan(10));
    fault.run();
    int before = acknowledged.size();
    within(
        Duration.ofSeconds(15), () -> assertThat(acknowledged.size()).isGreaterThan(before + 10));
    ended.set(true);
    CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);

    List<String> stored = data(all(store, channel));
    assertThat(ids(all(store, channel)))
        .isEqualTo(LongStream.rangeClosed(1, stored.size()).boxed().toList());
    assertThat(stored).doesNotHaveDuplicates();
    assertThat(acknowledged)
        .allSatisfy((id, data) -> assertThat(stored.get((int) (id - 1))).isEqualTo(data));
  }

  @Test
  void connections_that_nodes_cut_again_and_again_leave_no_hole_and_no_double() throws Exception {
    EventStore store = started();
    assertNothingIsLostWhile(store, channelOf(1), () -> {
      for (int i = 0; i < 3; i++) {
        onMasters(master -> cluster.node(master).command("CLIENT", "KILL", "TYPE", "normal"));
        append(store, channelOf(2), "" + i);
      }
    });
  }

  @Test
  void slot_that_is_moved_while_publishing_loses_nothing() throws Exception {
    EventStore store = started();
    EventStore other = started();
    String channel = channelOf(2);
    ChangeRecorder recorder = ChangeRecorder.of(other);
    assertNothingIsLostWhile(store, channel, () -> move(tagOf(channel), 2, 0));
    move(tagOf(channel), 0, 2);

    recorder.clear();
    within(Duration.ofSeconds(10), () -> append(store, channel, "back"));
    recorder.assertToldOfOthers(channel, Duration.ofSeconds(5));
    assertThat(started().epoch()).isEqualTo(store.epoch());
  }

  /** As {@code redis-cli --cluster reshard} does it. */
  private static void move(String tag, int from, int to) {
    String slot = "" + slotOf(tag);
    RedisServer source = cluster.node(from);
    RedisServer target = cluster.node(to);
    target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(from));
    source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(to));
    List<String> keys;
    do {
      keys = source
          .text("CLUSTER", "GETKEYSINSLOT", slot, "3")
          .lines()
          .filter(line -> line.contains("{"))
          .toList();
      for (String key : keys) {
        assertThat(source.command("MIGRATE", "127.0.0.1", "" + target.port(), key, "0", "5000"))
            .startsWith("+");
      }
    } while (!keys.isEmpty());
    for (RedisServer node : List.of(target, source)) {
      node.command("CLUSTER", "SETSLOT", slot, "NODE", cluster.id(to));
    }
  }

  @Test
  void node_that_stands_still_holds_up_its_own_channels_only() {
    EventStore hasty = started("", Duration.ofMillis(1_500));
    EventStore patient = started();
    append(hasty, channelOf(0), "1");
    ChangeRecorder recorder = ChangeRecorder.of(hasty);

    cluster.node(0).freeze();
    CompletableFuture<Appended> waits;
    try {
      waits = patient.append(Draft.of(channelOf(0), "message", "patient"));
      append(patient, channelOf(1), "meanwhile");
      recorder.assertToldOfOthers(channelOf(1), Duration.ofSeconds(5));
      assertThatThrownBy(() -> append(hasty, channelOf(0), "hasty"))
          .isInstanceOf(StoreException.class)
          .extracting("kind")
          .isEqualTo(StoreException.Kind.UNKNOWN_OUTCOME);
    } finally {
      cluster.node(0).go();
    }

    assertThat(waits.orTimeout(8, TimeUnit.SECONDS).join().isRepeated()).isFalse();
    recorder.assertToldOfOthers(channelOf(0), Duration.ofSeconds(5));
    assertThat(data(all(patient, channelOf(0))))
        .startsWith("1")
        .containsExactlyInAnyOrder("1", "patient", "hasty");
    eventually(() -> assertThat(hasty.check()).isEqualTo(StoreHealth.OK));
  }

  @Test
  void node_that_is_started_again_without_its_data_resets_clients() {
    EventStore store = started();
    onMasters(master -> append(store, channelOf(master), "1"));
    RedisServer node = cluster.node(1);

    node.kill();
    node.forget("appendonlydir");
    node.resume();

    within(
        Duration.ofSeconds(15),
        () -> assertThatThrownBy(() -> append(store, channelOf(1), "2"))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("the storage was replaced while it was in use")
            .extracting("kind")
            .isEqualTo(StoreException.Kind.REPLACED));
    assertThat(store.fault())
        .hasValueSatisfying(why -> assertThat(why).contains("start this process again"));
    EventStore fresh = started();
    assertThat(fresh.epoch()).as("so clients are reset").isNotEqualTo(store.epoch());
    assertThat(append(fresh, channelOf(1), "other").id()).isEqualTo(1);
    assertThat(append(fresh, channelOf(2), "2").id()).as("of another node").isEqualTo(2);
    assertThatThrownBy(() -> append(store, channelOf(2), "3")).isInstanceOf(StoreException.class);
  }

  @Test
  void replica_that_takes_over_without_the_last_events_gives_their_ids_to_no_others() {
    EventStore knows = started();
    EventStore idle = started();
    String channel = channelOf(2);
    append(started("?wait_replicas=1", Duration.ofSeconds(10)), channel, "1");
    RedisServer master = cluster.node(2);
    RedisServer replica = cluster.node(5);
    within(
        Duration.ofSeconds(10),
        () -> assertThat(replica.text("INFO", "replication")).contains("master_link_status:up"));
    replica.command("CONFIG", "SET", "masterauth", "wrong");
    replica.command("CLIENT", "KILL", "TYPE", "master");
    append(knows, channel, "2");
    eventually(() -> assertThat(all(idle, channel)).hasSize(2));

    master.kill();
    replica.command("CONFIG", "SET", "masterauth", "");
    assertThat(replica.command("CLUSTER", "FAILOVER", "TAKEOVER")).isEqualTo("+OK");

    within(
        Duration.ofSeconds(20),
        () -> assertThatThrownBy(() -> append(knows, channel, "3"))
            .isInstanceOf(StoreException.class)
            .hasMessageMatching("(?s).*(lacks events that it had acknowledged|was replaced).*"));
    within(Duration.ofSeconds(10), () -> {
      EventStore fresh = started();
      assertThat(fresh.epoch()).as("so clients are reset").isNotEqualTo(knows.epoch());
      assertThat(append(fresh, channel, "other").id()).isEqualTo(2);
    });
    assertThatThrownBy(() -> append(idle, channel, "3")).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> append(idle, channelOf(0), "3")).isInstanceOf(StoreException.class);
    master.resume();
    giveBack(master);
  }

  /** Makes a node that was replaced the master again. */
  private static void giveBack(RedisServer node) {
    within(
        Duration.ofSeconds(20),
        () -> assertThat(node.text("INFO", "replication")).contains("master_link_status:up"));
    node.command("CLUSTER", "FAILOVER", "TAKEOVER");
    within(
        Duration.ofSeconds(20),
        () -> assertThat(node.text("INFO", "replication")).contains("role:master"));
  }

  @Test
  void node_that_stands_still_is_left_when_its_replica_took_over() {
    EventStore store = started("", Duration.ofSeconds(3));
    EventStore other = started();
    String channel = channelOf(1);
    ChangeRecorder recorder = ChangeRecorder.of(other);
    append(started("?wait_replicas=1", Duration.ofSeconds(10)), channel, "1");
    recorder.assertToldOfOthers(channel, Duration.ofSeconds(10));
    recorder.clear();
    RedisServer master = cluster.node(1);

    master.freeze();
    try {
      assertThat(cluster.node(4).command("CLUSTER", "FAILOVER", "TAKEOVER")).isEqualTo("+OK");

      within(Duration.ofSeconds(30), () -> append(store, channel, "2"));
      // A read that began before the Cluster said so waits for its time limit.
      within(
          Duration.ofSeconds(30), () -> assertThat(data(all(other, channel))).startsWith("1", "2"));
      recorder.assertToldOfOthers(channel, Duration.ofSeconds(20));
    } finally {
      master.go();
    }
    giveBack(master);
  }
}
