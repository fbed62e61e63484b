package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateAdapter;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections to one server: the server of the address, or the master that the Sentinels name. */
final class ServerLink extends Link {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLink.class);

  private final RedisAddress address;
  private final RedisURI uri;
  private final RedisClient client;
  private final @Nullable Sentinels sentinels;
  private volatile @Nullable ServerLines lines;
  private volatile @Nullable Listening listening;

  /** What to do with messages, on these connections and on those that replace them. */
  private record Listening(List<String> channels, Heard heard, Runnable connected) {
    CompletableFuture<ServerLines> on(ServerLines lines) {
      lines.news().addListener(new RedisPubSubAdapter<String, String>() {
        @Override
        public void message(String channel, String message) {
          heard.message(channel, message);
        }

        @Override
        public void subscribed(String channel, long count) {
          connected.run();
        }
      });
      lines.commands().addListener(new RedisConnectionStateAdapter() {
        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress to) {
          connected.run();
        }
      });
      return lines
          .news()
          .async()
          .subscribe(channels.toArray(String[]::new))
          .toCompletableFuture()
          .thenApply(done -> lines);
    }
  }

  ServerLink(RedisAddress address, Duration patience) {
    super(address, patience);
    this.address = address;
    this.uri = uri(address, patience);
    this.client = RedisClient.create(resources(), uri);
    client.setOptions(options(address, patience));
    this.sentinels = address.sentinelMaster() == null ? null : new Sentinels(client, uri);
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
    Sentinels all = sentinels;
    if (all != null) {
      all.begin();
    }
    try {
      lines = ServerLines.to(client, uri).join();
    } catch (CompletionException e) {
      throw failures().of(e, false);
    }
  }

  private ServerLines lines() {
    return connected(lines);
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
    return lines().commands().async();
  }

  @Override
  RedisClusterAsyncCommands<String, String> writing(String key) {
    return lines().appends().async();
  }

  @Override
  String wakeCommand() {
    return "PUBLISH";
  }

  @Override
  void listen(List<String> channels, Heard heard, Runnable connected) {
    Listening all = new Listening(channels, heard, connected);
    await(all.on(lines()));
    listening = all;
  }

  @Override
  void tend() {
    Sentinels all = sentinels;
    Listening known = listening;
    if (all != null && known != null) {
      all.look(() -> move(known));
    }
  }

  /** Connects to the server that the Sentinels name now, and leaves the one before. */
  private CompletableFuture<?> move(Listening to) {
    return ServerLines.to(client, uri)
        .thenCompose(made -> to.on(made)
            .orTimeout(patience().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((done, failure) -> {
              if (failure != null) {
                made.close();
              }
            }))
        .thenAccept(made -> {
          LOG.info("{}: another server is the master now", address);
          ServerLines before = lines();
          lines = made;
          before.close();
          to.connected().run();
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
