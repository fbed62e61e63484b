package io.gripstream.eventstream.internal.store.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the Sentinels again and again which server is the master. A master that stands still keeps
 * its connections, and one that was replaced while it runs keeps them for ten seconds. Thread-safe.
 */
final class Sentinels {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

  private final RedisClient client;
  private final RedisURI uri;
  private final AtomicBoolean isLooking = new AtomicBoolean();
  private volatile long failed = System.nanoTime() - PAUSE_AFTER_FAILURE.toNanos();
  private volatile @Nullable CompletableFuture<StatefulRedisSentinelConnection<String, String>>
      connection;
  private volatile @Nullable SocketAddress master;

  Sentinels(RedisClient client, RedisURI uri) {
    this.client = client;
    this.uri = uri;
  }

  /**
   * Notes the master before the first connections to it, so that a change after this moment is
   * noticed. Blocks for 3 s at most.
   */
  void begin() {
    look(() -> CompletableFuture.completedFuture(null))
        .exceptionally(failure -> null)
        .join();
  }

  /**
   * Asks for the master. If it is another one than at the last look, calls {@code move}, again and
   * again until that succeeds. Does not block.
   */
  CompletableFuture<@Nullable Void> look(Supplier<CompletableFuture<?>> move) {
    if (System.nanoTime() - failed < PAUSE_AFTER_FAILURE.toNanos()
        || !isLooking.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.completedFuture(null)
        .thenCompose(begun -> connected())
        .thenCompose(sentinel -> sentinel.async().getMasterAddrByName(uri.getSentinelMasterId()))
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((now, failure) -> {
          if (failure != null) {
            leave();
          }
        })
        .thenCompose(now -> moved(now, move))
        .whenComplete((done, failure) -> isLooking.set(false));
  }

  private CompletableFuture<StatefulRedisSentinelConnection<String, String>> connected() {
    CompletableFuture<StatefulRedisSentinelConnection<String, String>> known = connection;
    if (known == null || known.isCompletedExceptionally()) {
      known = client.connectSentinelAsync(StringCodec.UTF8, uri);
      connection = known;
    }
    return known;
  }

  /** The next look tries all Sentinels, or goes on to wait for one that is being connected. */
  private void leave() {
    failed = System.nanoTime();
    CompletableFuture<StatefulRedisSentinelConnection<String, String>> known = connection;
    if (known != null && known.isDone()) {
      connection = null;
      known.thenAccept(StatefulConnection::closeAsync);
    }
  }

  private CompletableFuture<@Nullable Void> moved(
      @Nullable SocketAddress now, Supplier<CompletableFuture<?>> move) {
    if (now == null || now.equals(master)) {
      return CompletableFuture.completedFuture(null);
    }
    return move.get().thenRun(() -> master = now);
  }
}
