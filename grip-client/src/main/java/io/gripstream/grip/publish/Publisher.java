package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes to several proxies, each with a queue of its own, so that a slow one does not hold up
 * the others. Thread-safe.
 *
 * <pre>{@code
 * try (Publisher publisher = Publisher.create(GripProxy.fromEnvironment(System.getenv()))) {
 *   publisher.publishAndWait(Item.stream("news", "data: hello\n\n")).orThrow();
 * }
 * }</pre>
 */
public final class Publisher implements AutoCloseable {

  private final List<ProxyPublisher> proxies;

  private final PublishOptions options;

  private Publisher(List<ProxyPublisher> proxies, PublishOptions options) {
    this.proxies = proxies;
    this.options = options;
  }

  /** A publisher with all defaults. Without proxies it publishes to nobody. */
  public static Publisher create(List<GripProxy> proxies) {
    return create(proxies, PublishOptions.DEFAULT);
  }

  /** A publisher with these options for each proxy. */
  public static Publisher create(List<GripProxy> proxies, PublishOptions options) {
    return new Publisher(
        proxies.stream()
            .distinct()
            .map(proxy -> ProxyPublisher.create(proxy, options))
            .toList(),
        options);
  }

  /** One publisher per proxy, in the order configured. */
  public List<ProxyPublisher> proxies() {
    return proxies;
  }

  /**
   * Publishes an item to all proxies. The future completes with the outcome at each of them when
   * the last one is known. Unlike {@link ProxyPublisher#publish}, it never fails, since one proxy
   * may take an item that another one refuses: ask {@link PublishResult}.
   */
  public CompletableFuture<PublishResult> publish(Item item) {
    EncodedItem encoded = EncodedItem.of(item, options.prefix());
    var outcomes = new LinkedHashMap<GripProxy, CompletableFuture<Optional<PublishException>>>();
    for (ProxyPublisher proxy : proxies) {
      outcomes.put(
          proxy.proxy(),
          proxy
              .publish(encoded)
              .handle((done, error) -> Optional.ofNullable((PublishException) error)));
    }
    return CompletableFuture.allOf(outcomes.values().toArray(CompletableFuture[]::new))
        .thenApply(all -> {
          var errors = new LinkedHashMap<GripProxy, Optional<PublishException>>();
          outcomes.forEach((proxy, outcome) -> errors.put(proxy, outcome.join()));
          return new PublishResult(errors);
        });
  }

  /** Publishes an item and waits for the outcome, as long as the options let it take. */
  public PublishResult publishAndWait(Item item) {
    return publish(item).join();
  }

  /** Drains all proxies for {@link PublishOptions#drainTimeout()}, see {@link #close(Duration)}. */
  @Override
  public void close() {
    close(options.drainTimeout());
  }

  /**
   * Takes nothing more in, waits for what is queued, and at the deadline, which is one for all
   * proxies, fails the rest with {@code CLOSED}.
   */
  public void close(Duration deadline) {
    // First of all, so that the proxies drain side by side.
    proxies.forEach(ProxyPublisher::stop);
    long end = System.nanoTime() + deadline.toNanos();
    for (ProxyPublisher proxy : proxies) {
      proxy.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
  }
}
