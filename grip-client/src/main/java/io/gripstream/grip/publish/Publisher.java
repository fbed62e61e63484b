package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes to several proxies, each with its own queue, so that a slow one does not delay the
 * others. Thread-safe.
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

  /** Makes a publisher with all defaults. Without proxies it publishes nothing. */
  public static Publisher create(List<GripProxy> proxies) {
    return create(proxies, PublishOptions.DEFAULT);
  }

  /** Makes a publisher with these options for each proxy. */
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
   * the last one is known. The future never fails, because one proxy may accept an item that
   * another refuses: read the {@link PublishResult}. {@link ProxyPublisher#publish} differs in
   * this.
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

  /** Publishes an item and waits for the outcome, at most for the times of the options. */
  public PublishResult publishAndWait(Item item) {
    return publish(item).join();
  }

  /**
   * Closes all proxies within {@link PublishOptions#drainTimeout()}; see {@link #close(Duration)}.
   */
  @Override
  public void close() {
    close(options.drainTimeout());
  }

  /**
   * Accepts no more items, waits for the queued ones, and at the deadline (one for all proxies)
   * fails the rest with {@code CLOSED}.
   */
  public void close(Duration deadline) {
    // First, so that the proxies drain in parallel.
    proxies.forEach(ProxyPublisher::stop);
    long end = System.nanoTime() + deadline.toNanos();
    for (ProxyPublisher proxy : proxies) {
      proxy.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
  }
}
