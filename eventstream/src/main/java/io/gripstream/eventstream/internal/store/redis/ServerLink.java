package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one server: the server of the address, or the master that the Sentinels name at
 * each connection.
 */
final class ServerLink extends Link {
  private final RedisAddress address;
  private final RedisClient client;
  private volatile @Nullable StatefulRedisConnection<String, String> connection;
  private volatile @Nullable StatefulRedisConnection<String, String> writing;

  ServerLink(RedisAddress address, Duration patience) {
    super(address, patience);
    this.address = address;
    this.client = RedisClient.create(resources(), uri(address, patience));
    client.setOptions(options(address, patience));
  }

  private static RedisURI uri(RedisAddress address, Duration patience) {
    String master = address.sentinelMaster();
    if (master == null) {
      return uri(address, patience, address.places().get(0));
    }
    RedisURI.Builder builder =
        withLogin(RedisURI.builder(), address, patience).withSentinelMasterId(master);
    for (RedisAddress.Place place : address.places()) {
      RedisURI.Builder sentinel = RedisURI.builder()
          .withHost(place.host())
          .withPort(place.port())
          .withSsl(address.isTls())
          .withTimeout(patience);
      String password = address.sentinelPassword();
      if (password != null) {
        sentinel.withPassword(password.toCharArray());
      }
      builder.withSentinel(sentinel.build());
    }
    return builder.build();
  }

  @Override
  void connect() {
    attempt(self -> {
      connection = client.connect();
      writing = client.connect();
    });
  }

  @Override
  boolean isCluster() {
    return false;
  }

  @Override
  List<Node> nodes() {
    return List.of(new Node(address.toString(), commands()));
  }

  @Override
  Node nodeOf(String key) {
    return nodes().get(0);
  }

  @Override
  String placeOf(String key) {
    return address.toString();
  }

  @Override
  RedisClusterAsyncCommands<String, String> commands() {
    return connected(connection).async();
  }

  @Override
  RedisClusterAsyncCommands<String, String> writing(String key) {
    return connected(writing).async();
  }

  @Override
  String wakeCommand() {
    return "PUBLISH";
  }

  @Override
  void listen(List<String> channels, Heard heard, Runnable connected) {
    attempt(self -> {
      StatefulRedisPubSubConnection<String, String> listening = client.connectPubSub();
      listening.addListener(new RedisPubSubAdapter<String, String>() {
        @Override
        public void message(String channel, String message) {
          heard.message(channel, message);
        }

        @Override
        public void subscribed(String channel, long count) {
          connected.run();
        }
      });
      await(listening.async().subscribe(channels.toArray(String[]::new)).toCompletableFuture());
    });
    connected(connection).addListener(new RedisConnectionStateAdapter() {
      @Override
      public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress to) {
        connected.run();
      }
    });
  }

  @Override
  long listeners(String channel) {
    return ask(commands -> commands.pubsubNumsub(channel)).getOrDefault(channel, 0L);
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    super.close();
  }
}
