package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Listens to sharded channels: each at the node that has its slot, which can change. A broken
 * connection is replaced, not repaired: Lettuce would subscribe again to all channels in one
 * command, and nodes refuse that for channels of several slots. Until then the poll finds missed
 * messages. One thread at a time calls it.
 */
final class ShardEars implements AutoCloseable {
  private final RedisClient client;
  private final Function<RedisAddress.Place, RedisURI> uris;
  private final Map<
          RedisAddress.Place, CompletableFuture<StatefulRedisPubSubConnection<String, String>>>
      lines = new HashMap<>();

  /** The current or requested subscription of each channel. */
  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

  private List<String> channels = List.of();
  private Link.Heard heard = (channel, text) -> {};

  private record Subscription(RedisAddress.Place at, CompletableFuture<?> done) {}

  /** @param options must not reconnect */
  ShardEars(
      ClientResources resources,
      ClientOptions options,
      Function<RedisAddress.Place, RedisURI> uris) {
    this.client = RedisClient.create(resources);
    client.setOptions(options);
    this.uris = uris;
  }

  void listen(List<String> to, Link.Heard told) {
    channels = List.copyOf(to);
    heard = told;
  }

  /** The node of each channel; channels without a node are left out. */
  Map<String, RedisAddress.Place> places(Function<String, RedisAddress.Place> owner) {
    Map<String, RedisAddress.Place> places = new HashMap<>();
    for (String channel : channels) {
      try {
        places.put(channel, owner.apply(channel));
      } catch (RedisException e) {
        // Its node does not answer, and no replica has taken over yet.
        places.remove(channel);
      }
    }
    return places;
  }

  /** Makes missing connections and subscriptions. Does not block. */
  void tend(Map<String, RedisAddress.Place> places) {
    lines.entrySet().removeIf(entry -> isGone(entry.getKey(), entry.getValue(), places));
    places.forEach((channel, place) -> {
      Subscription now = subscriptions.get(channel);
      if (now == null || !now.at.equals(place)) {
        CompletableFuture<Void> done =
            line(place).thenCompose(line -> line.async().ssubscribe(channel).toCompletableFuture());
        Subscription wanted = new Subscription(place, done);
        subscriptions.put(channel, wanted);
        done.exceptionally(failure -> {
          subscriptions.remove(channel, wanted);
          return null;
        });
      }
    });
  }

  private boolean isGone(
      RedisAddress.Place place,
      CompletableFuture<StatefulRedisPubSubConnection<String, String>> line,
      Map<String, RedisAddress.Place> places) {
    if (!line.isDone()) {
      return false;
    }
    boolean isOpen = !line.isCompletedExceptionally() && line.join().isOpen();
    if (isOpen && places.containsValue(place)) {
      return false;
    }
    subscriptions.values().removeIf(subscription -> subscription.at.equals(place));
    if (!line.isCompletedExceptionally()) {
      line.join().closeAsync();
    }
    return true;
  }

  private CompletableFuture<StatefulRedisPubSubConnection<String, String>> line(
      RedisAddress.Place place) {
    return lines.computeIfAbsent(
        place,
        to -> client
            .connectPubSubAsync(StringCodec.UTF8, uris.apply(to))
            .toCompletableFuture()
            .thenApply(this::heardOn));
  }

  private StatefulRedisPubSubConnection<String, String> heardOn(
      StatefulRedisPubSubConnection<String, String> connection) {
    connection.addListener(new RedisPubSubAdapter<String, String>() {
      @Override
      public void smessage(String channel, String message) {
        heard.message(channel, message);
      }

      @Override
      public void sunsubscribed(String channel, long count) {
        // Its slot goes to another node.
        subscriptions.remove(channel);
      }
    });
    return connection;
  }

  /** Completes when all channels are subscribed. */
  CompletableFuture<?> all() {
    return CompletableFuture.allOf(
        subscriptions.values().stream().map(Subscription::done).toArray(CompletableFuture[]::new));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
