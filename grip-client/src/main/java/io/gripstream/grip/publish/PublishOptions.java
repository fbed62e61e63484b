package io.gripstream.grip.publish;

import io.gripstream.grip.GripPrefix;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Settings of a publisher. Immutable and thread-safe. Begin with {@link #DEFAULT}; each
 * {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * PublishOptions.DEFAULT.withMaxQueuedItems(1_000).withRetryFor(Duration.ZERO)
 * }</pre>
 */
public final class PublishOptions {
  /** All defaults. */
  public static final PublishOptions DEFAULT = new PublishOptions(new Values());

  private static final Duration LONGEST = Duration.ofDays(1);

  /** Never changed after construction. */
  private final Values values;

  private PublishOptions(Values values) {
    this.values = values;
  }

  /**
   * Sets the maximum number of items per proxy without an outcome. A new item beyond it fails
   * immediately with {@code OVERFLOW}; accepted items stay. Default 10,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public PublishOptions withMaxQueuedItems(int items) {
    requireRange("maxQueuedItems", items, 1, Integer.MAX_VALUE);
    return with(copy -> copy.maxQueuedItems = items);
  }

  /**
   * Sets the maximum size of those items as JSON, in bytes per proxy. A new item beyond it fails
   * immediately with {@code OVERFLOW}. Default 64 MiB.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public PublishOptions withMaxQueuedBytes(long bytes) {
    requireRange("maxQueuedBytes", bytes, 1, Long.MAX_VALUE);
    return with(copy -> copy.maxQueuedBytes = bytes);
  }

  /**
   * Sets how long an item is tried again, counted from its acceptance, if an attempt ends with an
   * I/O error, 5xx, 408 or 429. When the time has passed, queued items of the same age fail with
   * it. Default 15 s; zero: one try.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public PublishOptions withRetryFor(Duration time) {
    requireTime("retryFor", time, Duration.ZERO);
    return with(copy -> copy.retryFor = time);
  }

  /**
   * Sets the maximum time for making a connection. Default 3 s.
   *
   * @throws IllegalArgumentException if it is less than 1 ms or more than a day
   */
  public PublishOptions withConnectTimeout(Duration time) {
    requireTime("connectTimeout", time, Duration.ofMillis(1));
    return with(copy -> copy.connectTimeout = time);
  }

  /**
   * Sets the maximum time for a whole request. Default 10 s.
   *
   * @throws IllegalArgumentException if it is less than 1 ms or more than a day
   */
  public PublishOptions withRequestTimeout(Duration time) {
    requireTime("requestTimeout", time, Duration.ofMillis(1));
    return with(copy -> copy.requestTimeout = time);
  }

  /**
   * Sets the maximum time for which {@code close()} waits for queued items. Default 5 s.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public PublishOptions withDrainTimeout(Duration time) {
    requireTime("drainTimeout", time, Duration.ZERO);
    return with(copy -> copy.drainTimeout = time);
  }

  /**
   * Sets the maximum number of requests in progress to one proxy. Items of one channel never
   * overtake each other. Default 2.
   *
   * @throws IllegalArgumentException if it is not from 1 to 16
   */
  public PublishOptions withRequestsInFlight(int requests) {
    requireRange("requestsInFlight", requests, 1, 16);
    return with(copy -> copy.requestsInFlight = requests);
  }

  /** Sets the prefix of every channel. Default: none. */
  public PublishOptions withPrefix(GripPrefix prefix) {
    Objects.requireNonNull(prefix, "prefix");
    return with(copy -> copy.prefix = prefix);
  }

  /** Sets the receiver of metrics. Default {@link PublishMetrics#NOOP}. */
  public PublishOptions withMetrics(PublishMetrics metrics) {
    Objects.requireNonNull(metrics, "metrics");
    return with(copy -> copy.metrics = metrics);
  }

  /** Sets the clock for tokens and {@link ProxyHealth#since()}. Default: the system's. */
  public PublishOptions withClock(Clock clock) {
    Objects.requireNonNull(clock, "clock");
    return with(copy -> copy.clock = clock);
  }

  /** Maximum number of items per proxy without an outcome. */
  public int maxQueuedItems() {
    return values.maxQueuedItems;
  }

  /** Maximum size of those items as JSON, in bytes. */
  public long maxQueuedBytes() {
    return values.maxQueuedBytes;
  }

  /** Time for which an item is tried again. */
  public Duration retryFor() {
    return values.retryFor;
  }

  /** Maximum time for making a connection. */
  public Duration connectTimeout() {
    return values.connectTimeout;
  }

  /** Maximum time for a request. */
  public Duration requestTimeout() {
    return values.requestTimeout;
  }

  /** Maximum time for which {@code close()} waits. */
  public Duration drainTimeout() {
    return values.drainTimeout;
  }

  /** Maximum number of requests in progress to one proxy. */
  public int requestsInFlight() {
    return values.requestsInFlight;
  }

  /** Prefix of every channel. */
  public GripPrefix prefix() {
    return values.prefix;
  }

  /** Receiver of metrics. */
  public PublishMetrics metrics() {
    return values.metrics;
  }

  /** Clock for tokens. */
  public Clock clock() {
    return values.clock;
  }

  private PublishOptions with(Consumer<Values> change) {
    Values copy = new Values(values);
    change.accept(copy);
    return new PublishOptions(copy);
  }

  private static void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not from " + min + " to " + max);
    }
  }

  private static void requireTime(String name, Duration value, Duration min) {
    if (value.compareTo(min) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not from " + min + " to one day");
    }
  }

  private static final class Values {
    private int maxQueuedItems = 10_000;
    private long maxQueuedBytes = 64L << 20;
    private Duration retryFor = Duration.ofSeconds(15);
    private Duration connectTimeout = Duration.ofSeconds(3);
    private Duration requestTimeout = Duration.ofSeconds(10);
    private Duration drainTimeout = Duration.ofSeconds(5);
    private int requestsInFlight = 2;
    private GripPrefix prefix = GripPrefix.NONE;
    private PublishMetrics metrics = PublishMetrics.NOOP;
    private Clock clock = Clock.systemUTC();

    Values() {}

    Values(Values from) {
      maxQueuedItems = from.maxQueuedItems;
      maxQueuedBytes = from.maxQueuedBytes;
      retryFor = from.retryFor;
      connectTimeout = from.connectTimeout;
      requestTimeout = from.requestTimeout;
      drainTimeout = from.drainTimeout;
      requestsInFlight = from.requestsInFlight;
      prefix = from.prefix;
      metrics = from.metrics;
      clock = from.clock;
    }
  }
}
