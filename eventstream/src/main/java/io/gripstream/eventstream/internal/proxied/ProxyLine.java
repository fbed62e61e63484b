package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripProxy;
import io.gripstream.grip.publish.ProxyHealth;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.publish.PublishMetrics;
import io.gripstream.grip.publish.PublishOptions;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One proxy: what is published to it, what it confirmed, and whether it can be reached.
 * Thread-safe.
 */
final class ProxyLine {
  /** A hint may meet a proxy that is just reading older state; the second one does not. */
  private static final Duration SECOND_KICK = Duration.ofSeconds(3);

  /** Short, because the relay repeats from storage. */
  private static final Duration RETRY_STORED = Duration.ofSeconds(1);

  private static final Duration RETRY_UNSTORED = Duration.ofSeconds(10);

  private final ProxyPublisher publisher;
  private final @Nullable EventStore store;
  private final Supplier<GripNames> names;
  private final StreamMetrics metrics;
  private final @Nullable Relay relay;
  private final @Nullable URI clients;
  private volatile @Nullable Keeper keeper;

  ProxyLine(
      Upstream upstream,
      GripPrefix prefix,
      @Nullable EventStore store,
      StreamMetrics metrics,
      PublishMetrics publishMetrics,
      Clock clock) {
    GripProxy proxy = upstream.proxy();
    // Storage is the truth: what does not get through at once is repeated from there.
    this.publisher = ProxyPublisher.create(
        proxy,
        PublishOptions.DEFAULT
            .withRetryFor(store == null ? RETRY_UNSTORED : RETRY_STORED)
            .withPrefix(prefix)
            .withMetrics(publishMetrics)
            .withClock(clock));
    this.store = store;
    this.names = GripNames.of(store);
    this.metrics = metrics;
    this.relay = store == null ? null : new Relay(store, this);
    this.clients = upstream.clients();
  }

  String name() {
    return publisher.proxy().name();
  }

  ProxyHealth health() {
    return publisher.health();
  }

  /**
   * Begins to heal what others publish, and to hold control channels.
   *
   * @param path under which we serve streams; null: nowhere
   * @param keepers see {@link ProxiedStreams#keeperToken}
   */
  void serve(@Nullable String path, IntFunction<String> keepers) {
    if (relay != null) {
      relay.start();
    }
    if (clients != null && path != null) {
      Keeper started = new Keeper(clients, path, keepers);
      keeper = started;
      started.start();
    }
  }

  /** Publishes, and notes in the storage when the proxy has confirmed. */
  CompletableFuture<Void> publish(Event event) {
    // What processes tell each other is for no proxy to know.
    boolean isOurOwn = event.channel().equals(ChannelNames.CONTROL);
    CompletableFuture<Void> confirmed = isOurOwn
        ? CompletableFuture.completedFuture(null)
        : publisher.publish(Items.of(names.get(), event));
    if (store != null && event.isStored()) {
      EventStore ledger = store;
      confirmed.thenRun(() -> {
        ledger.proxies().confirm(name(), event.channel(), event.id(), event.id());
        metrics.confirmed(name(), Duration.between(event.at(), ledger.clock().instant()));
      });
    }
    return confirmed;
  }

  /** Sends a hint to the control channel, unless another process just did. Does not block. */
  void kick(int control) {
    if (relay == null) {
      hintTwice(control);
    } else {
      relay.alone("kick " + control + " ", SECOND_KICK.minusSeconds(1), () -> hintTwice(control));
    }
  }

  private void hintTwice(int control) {
    publisher.publish(Items.hint(names.get(), control));
    CompletableFuture.delayedExecutor(SECOND_KICK.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> publisher.publish(Items.hint(names.get(), control)));
  }

  /** Makes all clients of the proxy ask again. */
  CompletableFuture<Void> recover() {
    return publisher.recover();
  }

  /** Waits until everything published so far was answered, one way or the other, but not longer. */
  void flush(Duration atMost) {
    publisher.flush(atMost);
  }

  /** Waits for answers to what was published, but not longer. */
  void close(Duration atMost) {
    Keeper started = keeper;
    if (started != null) {
      started.close();
    }
    if (relay != null) {
      relay.close();
    }
    publisher.close(atMost);
  }
}
