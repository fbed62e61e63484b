package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.Threads;
import io.gripstream.grip.publish.EncodedItem;
import io.gripstream.grip.publish.ProxyHealth;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.publish.PublishMetrics;
import io.gripstream.grip.publish.PublishOptions;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One proxy: items published to it, its confirmations, and whether it can be reached. Thread-safe.
 */
final class ProxyLine {
  /** Short, because the relay repeats from storage. */
  private static final Duration RETRY_STORED = Duration.ofSeconds(1);

  private static final Duration RETRY_UNSTORED = Duration.ofSeconds(10);

  /** Also when nothing is published, so that the storage knows which proxies lack events. */
  private static final Duration ASK_EVERY = Duration.ofSeconds(10);

  private final ProxyPublisher publisher;
  private final @Nullable EventStore store;
  private final Items items;
  private final StreamMetrics metrics;
  private final @Nullable Relay relay;
  private final Kicks kicks;
  private final @Nullable URI publicUrl;
  private volatile @Nullable Keeper keeper;
  private volatile @Nullable ScheduledExecutorService asker;

  ProxyLine(
      Upstream upstream,
      Items items,
      @Nullable EventStore store,
      StreamMetrics metrics,
      PublishMetrics publishMetrics,
      Clock clock) {
    GripProxy proxy = upstream.proxy();
    // Storage is the truth: items that fail immediately are repeated from there.
    this.publisher = ProxyPublisher.create(
        proxy,
        PublishOptions.DEFAULT
            .withRetryFor(store == null ? RETRY_UNSTORED : RETRY_STORED)
            .withMetrics(publishMetrics)
            .withClock(clock));
    this.store = store;
    this.items = items;
    this.metrics = metrics;
    this.relay = store == null ? null : new Relay(store, this);
    this.kicks =
        new Kicks(new Leases(store, name()), number -> publisher.publish(items.hint(number)));
    this.publicUrl = upstream.publicUrl();
  }

  String name() {
    return publisher.proxy().name();
  }

  ProxyHealth health() {
    return publisher.health();
  }

  /**
   * Begins to repeat events of other processes, and to hold kick channels.
   *
   * @param path of streams; null: none
   * @param keepers see {@link ProxiedStreams#keeperToken}
   * @param keepAlive of streams
   */
  void serve(@Nullable String path, IntFunction<String> keepers, Duration keepAlive) {
    ScheduledExecutorService asking = Threads.loop("gripstream-proxy-check");
    asker = asking;
    asking.scheduleWithFixedDelay(publisher::check, 0, ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    if (relay != null) {
      relay.start();
    }
    if (publicUrl != null && path != null) {
      Keeper started = new Keeper(publicUrl, path, keepers, keepAlive);
      keeper = started;
      started.start();
    }
  }

  /** Same as {@link #publish(Event, EncodedItem)}. */
  CompletableFuture<Void> publish(Event event) {
    return publish(event, items.of(event));
  }

  /**
   * Publishes, and notes in the storage when the proxy has confirmed.
   *
   * @param item made by {@link Items#of}; null: nothing is published, and the event counts as
   *     confirmed
   */
  CompletableFuture<Void> publish(Event event, @Nullable EncodedItem item) {
    CompletableFuture<Void> confirmed =
        item == null ? CompletableFuture.completedFuture(null) : publisher.publish(item);
    if (store != null && event.isStored()) {
      EventStore ledger = store;
      confirmed.thenRun(() -> {
        ledger.ledger().confirm(name(), event.channel(), event.id(), event.id());
        metrics.confirmed(
            publisher.proxy(), Duration.between(event.at(), ledger.clock().instant()));
      });
    }
    return confirmed;
  }

  /** Sends a hint to the kick channel, unless another process just did. Does not block. */
  void kick(int number) {
    kicks.kick(number);
  }

  /** Makes the proxy ask for all streams of a channel. Does not block. */
  CompletableFuture<Void> ask(String channel) {
    return publisher.publish(items.hint(channel));
  }

  /** Makes all clients of the proxy ask again. */
  CompletableFuture<Void> recover() {
    return publisher.recover();
  }

  /** Waits until this proxy answered everything published so far, or the time is over. */
  void flush(Duration atMost) {
    publisher.flush(atMost);
  }

  /** Waits for answers to published events, up to this time. */
  void close(Duration atMost) {
    ScheduledExecutorService asking = asker;
    if (asking != null) {
      asking.shutdownNow();
    }
    Keeper started = keeper;
    if (started != null) {
      started.close();
    }
    kicks.close();
    if (relay != null) {
      relay.close();
    }
    publisher.close(atMost);
  }
}
