package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The connections to one server.
 *
 * @param commands for everything except appends
 * @param appends for appends
 * @param news for wake-ups
 */
record ServerLines(
    StatefulRedisConnection<String, String> commands,
    StatefulRedisConnection<String, String> appends,
    StatefulRedisPubSubConnection<String, String> news) {

  /** Connects to the server of the address, or to the one that its Sentinels name. */
  static CompletableFuture<ServerLines> to(RedisClient client, RedisURI uri) {
    CompletableFuture<StatefulRedisConnection<String, String>> commands =
        client.connectAsync(StringCodec.UTF8, uri).toCompletableFuture();
    CompletableFuture<StatefulRedisConnection<String, String>> appends =
        client.connectAsync(StringCodec.UTF8, uri).toCompletableFuture();
    CompletableFuture<StatefulRedisPubSubConnection<String, String>> news =
        client.connectPubSubAsync(StringCodec.UTF8, uri).toCompletableFuture();
    return CompletableFuture.allOf(commands, appends, news)
        .thenApply(done -> new ServerLines(commands.join(), appends.join(), news.join()))
        .whenComplete((lines, failure) -> {
          if (failure != null) {
            List.of(commands, appends, news)
                .forEach(one -> one.thenAccept(StatefulConnection::closeAsync));
          }
        });
  }

  /** Ends all three; what waits for an answer fails. Does not block. */
  void close() {
    commands.closeAsync();
    appends.closeAsync();
    news.closeAsync();
  }
}
