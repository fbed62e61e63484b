package io.gripstream.grip.publish;

import io.gripstream.grip.GripPrefix;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How to publish. Immutable and thread-safe; begin with {@link #DEFAULT}, and each {@code with…}
 * returns a changed copy.
 *
 * <pre>{@code
 * PublishOptions.DEFAULT.withMaxQueuedItems(1_000).withRetryFor(Duration.ZERO)
 * }</pre>
 */
public final class PublishOptions {
  /** All defaults. */
  public static final PublishOptions DEFAULT = new PublishOptions(new Values());

  private static final Duration LONGEST = Duration.ofDays(1);

  /** Changed before it gets here, never afterwards. */
  private final Values values;

  private PublishOptions(Values values) {
    this.values = values;
  }

  /**
   * A copy with this limit of items per proxy that are not settled yet. A new item beyond it fails
   * at once with {@code OVERFLOW}; those taken in stay. Default 10,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public PublishOptions withMaxQueuedItems(int items) {
    requireRange("maxQueuedItems", items, 1, Integer.MAX_VALUE);
    return with(copy -> copy.maxQueuedItems = items);
  }

  /**
   * A copy with this limit for the size of those items as JSON, per proxy. A new item beyond it
   * fails at once with {@code OVERFLOW}. Default 64 MiB.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public PublishOptions withMaxQueuedBytes(long bytes) {
    requireRange("maxQueuedBytes", bytes, 1, Long.MAX_VALUE);
    return with(copy -> copy.maxQueuedBytes = bytes);
  }

  /**
   * A copy that tries an item again for this time after it was taken in, when an attempt ends with
   * an I/O error, 5xx, 408 or 429. An item that waited behind it for as long fails with it. Default
   * 15 s; zero: every item is tried once.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public PublishOptions withRetryFor(Duration time) {
    requireTime("retryFor", time, Duration.ZERO);
    return with(copy -> copy.retryFor = time);
  }

  /**
   * A copy with this limit for making a connection. Default 3 s.
   *
   * @throws IllegalArgumentException if it is less than 1 ms or more than a day
   */
  public PublishOptions withConnectTimeout(Duration time) {
    requireTime("connectTimeout", time, Duration.ofMillis(1));
    return with(copy -> copy.connectTimeout = time);
  }

  /**
   * A copy with this limit for a whole request. Default 10 s.
   *
   * @throws IllegalArgumentException if it is less than 1 ms or more than a day
   */
  public PublishOptions withRequestTimeout(Duration time) {
    requireTime("requestTimeout", time, Duration.ofMillis(1));
    return with(copy -> copy.requestTimeout = time);
  }

  /**
   * A copy whose {@code close()} waits at most this time for what is queued. Default 5 s.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public PublishOptions withDrainTimeout(Duration time) {
    requireTime("drainTimeout", time, Duration.ZERO);
    return with(copy -> copy.drainTimeout = time);
  }

  /**
   * A copy with this limit of requests under way to one proxy. Items of one channel never overtake
   * each other. Default 2.
   *
   * @throws IllegalArgumentException if it is not from 1 to 16
   */
  public PublishOptions withRequestsInFlight(int requests) {
    requireRange("requestsInFlight", requests, 1, 16);
    return with(copy -> copy.requestsInFlight = requests);
  }

  /** A copy that puts this before every channel. Default: nothing. */
  public PublishOptions withPrefix(GripPrefix prefix) {
    Objects.requireNonNull(prefix, "prefix");
    return with(copy -> copy.prefix = prefix);
  }

  /** A copy that tells this what it does. Default {@link PublishMetrics#NOOP}. */
  public PublishOptions withMetrics(PublishMetrics metrics) {
    Objects.requireNonNull(metrics, "metrics");
    return with(copy -> copy.metrics = metrics);
  }

  /**
   * A copy that takes the time of tokens and of {@link ProxyHealth#since()} here. Default: the
   * system's.
   */
  public PublishOptions withClock(Clock clock) {
    Objects.requireNonNull(clock, "clock");
    return with(copy -> copy.clock = clock);
  }

  /** Items per proxy that are not settled yet, at most. */
  public int maxQueuedItems() {
    return values.maxQueuedItems;
  }

  /** Their size as JSON, at most. */
  public long maxQueuedBytes() {
    return values.maxQueuedBytes;
  }

  /** For how long an item is tried again. */
  public Duration retryFor() {
    return values.retryFor;
  }

  /** How long a connection may take. */
  public Duration connectTimeout() {
    return values.connectTimeout;
  }

  /** How long a request may take. */
  public Duration requestTimeout() {
    return values.requestTimeout;
  }

  /** How long {@code close()} waits. */
  public Duration drainTimeout() {
    return values.drainTimeout;
  }

  /** Requests under way to one proxy, at most. */
  public int requestsInFlight() {
    return values.requestsInFlight;
  }

  /** Put before every channel. */
  public GripPrefix prefix() {
    return values.prefix;
  }

  /** Receives what is counted. */
  public PublishMetrics metrics() {
    return values.metrics;
  }

  /** Tells the time of tokens. */
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
