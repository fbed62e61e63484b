package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Connections to all masters of a Cluster. It reads the assignment of slots regularly, and when a
 * server does not have a slot any more or does not answer.
 */
final class ClusterLink extends Link {
  private static final Duration TOPOLOGY_ASKED = Duration.ofSeconds(10);
  private static final Duration TOPOLOGY_AT_MOST = Duration.ofSeconds(1);
  private static final int MOST_REDIRECTS = 5;

  private final RedisAddress address;
  private final RedisClusterClient client;
  private final ShardEars ears;
  private final AtomicLong refreshed = new AtomicLong(System.nanoTime());

  /** Connections with a listener for reconnects. */
  private final Set<StatefulRedisConnection<String, String>> known =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private volatile @Nullable StatefulRedisClusterConnection<String, String> connection;
  private volatile @Nullable StatefulRedisClusterConnection<String, String> writing;
  private volatile Runnable connected = () -> {};

  /** Used by the thread of {@link #tend} only. */
  private Map<String, RedisAddress.Place> owners = Map.of();

  ClusterLink(RedisAddress address, Duration patience) {
    super(address, patience);
    address.requireForCluster();
    this.address = address;
    this.client = RedisClusterClient.create(
        resources(),
        address.places().stream().map(place -> uri(address, patience, place)).toList());
    client.setOptions(ClusterClientOptions.builder(options(address, patience))
        .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
            .enablePeriodicRefresh(TOPOLOGY_ASKED)
            .adaptiveRefreshTriggersTimeout(TOPOLOGY_AT_MOST)
            .build())
        .validateClusterNodeMembership(false)
        .maxRedirects(MOST_REDIRECTS)
        .build());
    this.ears = new ShardEars(
        resources(),
        options(address, patience).mutate().autoReconnect(false).build(),
        place -> uri(address, patience, place));
  }

  @Override
  void connect() {
    try {
      connection = client.connect();
      writing = client.connect();
    } catch (RedisException e) {
      throw failures().of(e, false);
    }
    await(CompletableFuture.allOf(reached().toArray(CompletableFuture[]::new)));
  }

  /** Connects to all masters. Does not block. */
  private List<CompletableFuture<?>> reached() {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (RedisAddress.Place master : masters()) {
      for (StatefulRedisClusterConnection<String, String> one :
          List.of(connected(connection), connected(writing))) {
        all.add(one.getConnectionAsync(master.host(), master.port()).thenAccept(this::noted));
      }
    }
    return all;
  }

  private void noted(StatefulRedisConnection<String, String> node) {
    if (known.add(node)) {
      node.addListener(new RedisConnectionStateAdapter() {
        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress to) {
          connected.run();
        }
      });
    }
  }

  private List<RedisAddress.Place> masters() {
    return client.getPartitions().stream()
        .filter(node -> node.getRole().isUpstream() && !node.hasNoSlots())
        .map(ClusterLink::place)
        .distinct()
        .sorted(Comparator.comparing(RedisAddress.Place::toString))
        .toList();
  }

  private static RedisAddress.Place place(RedisClusterNode node) {
    return new RedisAddress.Place(node.getUri().getHost(), node.getUri().getPort());
  }

  /** @throws RedisException if no node has its slot */
  private RedisAddress.Place owner(String key) {
    int slot = SlotHash.getSlot(key.getBytes(StandardCharsets.UTF_8));
    RedisClusterNode node = client.getPartitions().getMasterBySlot(slot);
    if (node == null) {
      throw new RedisException("CLUSTERDOWN slot " + slot + " has no node");
    }
    return place(node);
  }

  @Override
  boolean isCluster() {
    return true;
  }

  @Override
  List<Node> nodes() {
    return masters().stream().map(this::node).toList();
  }

  @Override
  Node nodeOf(String key) {
    return node(owner(key));
  }

  @Override
  String placeOf(String key) {
    try {
      return name(owner(key));
    } catch (RedisException e) {
      // Its node does not answer, and no replica has taken over yet.
      return "";
    }
  }

  private static String name(RedisAddress.Place place) {
    return "Redis at " + place;
  }

  private Node node(RedisAddress.Place place) {
    try {
      return new Node(
          name(place),
          connected(connection).getConnection(place.host(), place.port()).async());
    } catch (RedisException e) {
      throw failures().of(e, false);
    }
  }

  @Override
  RedisClusterAsyncCommands<String, String> commands() {
    return connected(connection).async();
  }

  @Override
  RedisClusterAsyncCommands<String, String> writing(String key) {
    StatefulRedisClusterConnection<String, String> all = connected(writing);
    if (address.replicas() == 0) {
      return all.async();
    }
    // WAIT counts the writes of this connection, so both must go to the same server.
    RedisAddress.Place owner = owner(key);
    CompletableFuture<StatefulRedisConnection<String, String>> node =
        all.getConnectionAsync(owner.host(), owner.port());
    if (!node.isDone()) {
      throw new RedisException("Currently not connected");
    }
    return node.join().async();
  }

  @Override
  String wakeCommand() {
    return "SPUBLISH";
  }

  @Override
  void listen(List<String> channels, Heard heard, Runnable whenConnected) {
    connected = whenConnected;
    ears.listen(channels, heard);
    tend();
    await(ears.all());
  }

  @Override
  void tend() {
    Map<String, RedisAddress.Place> now = ears.places(this::owner);
    if (!now.equals(owners)) {
      owners = now;
      reached();
      connected.run();
    }
    ears.tend(now);
  }

  @Override
  long listeners(String channel) {
    return ask(nodeOf(channel).commands(), commands -> commands.pubsubShardNumsub(channel))
        .getOrDefault(channel, 0L);
  }

  @Override
  void doubted() {
    long last = refreshed.get();
    long now = System.nanoTime();
    if (now - last > TOPOLOGY_AT_MOST.toNanos() && refreshed.compareAndSet(last, now)) {
      client.refreshPartitionsAsync();
    }
  }

  @Override
  public void close() {
    ears.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    super.close();
  }
}
