package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import io.gripstream.grip.internal.NoAnswer;
import io.gripstream.grip.internal.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import org.jspecify.annotations.Nullable;

/**
 * Publishes to one proxy, through one bounded queue. Thread-safe; calls never block on the network.
 *
 * <p>Items published while a request is in progress gather and leave together as the next request
 * (up to 100 items or 500 kB). Items of one channel arrive in the order of the {@link #publish}
 * calls. After an I/O error or a 5xx they are sent again with the same ids for the time of
 * {@link PublishOptions#retryFor()}; an item without id may then arrive twice.
 *
 * <p>The publisher's own threads complete futures, after the next request has started. The threads
 * are daemons and end when idle: a program that ends without {@link #close()} loses the queued
 * items.
 */
public final class ProxyPublisher implements AutoCloseable {

  private static final long IDLE_SECONDS = 5;

  private final GripProxy proxy;
  private final PublishOptions options;
  private final ControlClient client;
  private final HealthLog health;
  private final Quota quota;
  private final ExecutorService executor;
  private final List<RequestQueue> queues;

  private ProxyPublisher(GripProxy proxy, PublishOptions given) {
    this.proxy = Objects.requireNonNull(proxy, "proxy");
    this.options = given.withMetrics(new GuardedMetrics(given.metrics()));
    this.client = new ControlClient(proxy, options);
    this.health = new HealthLog(proxy, options.clock());
    this.quota = new Quota(options.maxQueuedItems(), options.maxQueuedBytes());
    this.executor = threads(proxy.name());
    var courier = new Courier(proxy, client, health, options);
    var all = new ArrayList<RequestQueue>();
    for (int i = 0; i < options.requestsInFlight(); i++) {
      all.add(new RequestQueue(courier, executor, this::settle, options));
    }
    this.queues = List.copyOf(all);
  }

  /** Makes a publisher with all defaults. Does not connect yet. */
  public static ProxyPublisher create(GripProxy proxy) {
    return create(proxy, PublishOptions.DEFAULT);
  }

  /** Makes a publisher with these options. Does not connect yet. */
  public static ProxyPublisher create(GripProxy proxy, PublishOptions options) {
    return new ProxyPublisher(proxy, options);
  }

  private static ExecutorService threads(String name) {
    // Few threads work at a time: one per request in progress, and those that report outcomes.
    return Threads.pool(
        "grip-publish " + name + " ", 0, Integer.MAX_VALUE, IDLE_SECONDS, new SynchronousQueue<>());
  }

  /** Where this publishes to. */
  public GripProxy proxy() {
    return proxy;
  }

  /**
   * Publishes an item. The future completes when the proxy answered 200: it has parsed the item,
   * but perhaps no client received it. It fails with a {@link PublishException}, immediately if the
   * queue is full. {@link Publisher#publish} differs: it reports the outcome at each of several
   * proxies and never fails.
   */
  public CompletableFuture<Void> publish(Item item) {
    return publish(EncodedItem.of(item, options.prefix()));
  }

  /**
   * Same as {@link #publish(Item)}, without the prefix of the options: the item got one when it was
   * encoded.
   */
  public CompletableFuture<Void> publish(EncodedItem item) {
    byte[] json = item.json();
    if (json.length > Courier.MAX_ITEM_BYTES) {
      return refuse(
          PublishException.Kind.TOO_LARGE,
          "the item has %d bytes as JSON, more than the %d of a request"
              .formatted(json.length, Courier.MAX_ITEM_BYTES));
    }
    return switch (quota.take(json.length)) {
      case CLOSED -> refuse(PublishException.Kind.CLOSED, "the publisher is closed");
      case FULL ->
        refuse(
            PublishException.Kind.OVERFLOW,
            "the queue has %d items and %d bytes, its limit is %d and %d"
                .formatted(
                    quota.items(),
                    quota.bytes(),
                    options.maxQueuedItems(),
                    options.maxQueuedBytes()));
      case TAKEN -> {
        var outcome = new CompletableFuture<Void>();
        queue(item.channel()).add(new Delivery(item.channel(), json, System.nanoTime(), outcome));
        yield outcome;
      }
    };
  }

  private RequestQueue queue(String channel) {
    return queues.get(Math.floorMod(channel.hashCode(), queues.size()));
  }

  private CompletableFuture<Void> refuse(PublishException.Kind kind, String problem) {
    options.metrics().failed(proxy, kind);
    return CompletableFuture.failedFuture(
        new PublishException(kind, proxy.name() + ": " + problem, null));
  }

  private void settle(List<Courier.Settled> settled) {
    long bytes = settled.stream().mapToLong(one -> one.delivery().json().length).sum();
    // First: a caller that learns of an outcome may use the freed space immediately.
    quota.release(settled.size(), bytes);
    for (Courier.Settled one : settled) {
      if (one.error() == null) {
        one.delivery().outcome().complete(null);
      } else {
        options.metrics().failed(proxy, one.error().kind());
        one.delivery().outcome().completeExceptionally(one.error());
      }
    }
    quota.told(settled.size());
  }

  /**
   * Makes the proxy ask the origin for everything that its clients miss ({@code POST /recover/}),
   * for use after an outage. One try, not queued behind items.
   */
  public CompletableFuture<Void> recover() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            ControlClient.Answer answer = client.post("recover/", new byte[0]);
            if (!answer.isOk()) {
              throw unreachable("/recover/ was answered " + answer.status(), null);
            }
          } catch (IOException e) {
            throw unreachable("/recover/ was not answered: " + NoAnswer.reason(e), e);
          }
        },
        executor);
  }

  private PublishException unreachable(String problem, @Nullable Throwable cause) {
    return new PublishException(
        PublishException.Kind.UNREACHABLE, proxy.name() + ": " + problem, cause);
  }

  /**
   * Checks that the control endpoint answers and is Pushpin's ({@code GET /}). The result counts in
   * {@link #health()}. Never fails.
   */
  public CompletableFuture<Boolean> check() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            ControlClient.Answer answer = client.get("");
            if (answer.retriable()) {
              health.silent("the control endpoint answered " + answer.status());
            } else {
              health.answered();
            }
            return answer.isOk() && answer.text().equals("Pushpin API");
          } catch (IOException e) {
            health.silent(ControlClient.noAnswer(e));
            return false;
          }
        },
        executor);
  }

  /** The recent health of the proxy, and the size of its queue. */
  public ProxyHealth health() {
    return health.health(quota.items(), quota.bytes());
  }

  /**
   * Waits until every accepted item has an outcome, or the time has passed. An interrupt ends the
   * wait and stays set.
   *
   * @return whether every item has an outcome
   */
  public boolean flush(Duration atMost) {
    try {
      return quota.awaitEmpty(atMost.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Same as {@link #close(Duration)} with {@link PublishOptions#drainTimeout()}. */
  @Override
  public void close() {
    close(options.drainTimeout());
  }

  /**
   * Accepts no more items, waits for the queued ones, and at the deadline fails the rest with
   * {@code CLOSED}. Idempotent. An interrupt ends the wait and stays set.
   */
  public void close(Duration deadline) {
    stop();
    boolean drained = false;
    try {
      drained = quota.awaitEmpty(deadline.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!drained) {
      var error = new PublishException(
          PublishException.Kind.CLOSED,
          proxy.name() + ": the publisher was closed before the item was sent",
          null);
      queues.forEach(queue -> queue.abandon(error));
      client.cancelAll();
    }
  }

  /** Accepts no more items. */
  void stop() {
    quota.close();
  }

  @Override
  public String toString() {
    return "ProxyPublisher[" + proxy.name() + "]";
  }
}
