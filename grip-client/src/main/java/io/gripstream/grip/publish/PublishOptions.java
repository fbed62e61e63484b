package io.gripstream.grip.publish;

import io.gripstream.grip.GripPrefix;
import java.time.Clock;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How to publish. Immutable; each {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * PublishOptions.DEFAULT.withMaxQueuedItems(1_000).withRetryFor(Duration.ZERO)
 * }</pre>
 *
 * @param maxQueuedItems items per proxy that are not settled yet, at most; default 10,000
 * @param maxQueuedBytes their size as JSON, at most; default 64 MiB. Beyond either limit a new item
 *     fails at once with {@code OVERFLOW}, and those taken in stay
 * @param retryFor for how long after it was taken in an item is tried again after I/O errors, 5xx,
 *     408 and 429; default 15 s, zero for one try
 * @param connectTimeout default 3 s
 * @param requestTimeout for a whole request; default 10 s
 * @param drainTimeout how long {@code close()} waits for what is queued; default 5 s
 * @param requestsInFlight to one proxy, at most, 1 to 16; default 2. Items of one channel never
 *     overtake each other
 * @param prefix put before channels; default none
 * @param metrics default {@link PublishMetrics#NOOP}
 * @param clock for tokens and {@link Health#since()}; default the system's
 * @param nanoTime for time spans; default {@link System#nanoTime()}
 * @param random spreads retries, from 0 to 1; default {@link Math#random()}
 */
public record PublishOptions(
    int maxQueuedItems,
    long maxQueuedBytes,
    Duration retryFor,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration drainTimeout,
    int requestsInFlight,
    GripPrefix prefix,
    PublishMetrics metrics,
    Clock clock,
    LongSupplier nanoTime,
    DoubleSupplier random) {

  /** All defaults. */
  public static final PublishOptions DEFAULT = new PublishOptions(
      10_000,
      64L << 20,
      Duration.ofSeconds(15),
      Duration.ofSeconds(3),
      Duration.ofSeconds(10),
      Duration.ofSeconds(5),
      2,
      GripPrefix.NONE,
      PublishMetrics.NOOP,
      Clock.systemUTC(),
      System::nanoTime,
      Math::random);

  /** @throws IllegalArgumentException if a limit is not positive or a time is negative */
  public PublishOptions {
    requireRange("maxQueuedItems", maxQueuedItems, 1, Integer.MAX_VALUE);
    requireRange("maxQueuedBytes", maxQueuedBytes, 1, Long.MAX_VALUE);
    requireRange("requestsInFlight", requestsInFlight, 1, 16);
    requireTime("retryFor", retryFor, Duration.ZERO);
    requireTime("connectTimeout", connectTimeout, Duration.ofMillis(1));
    requireTime("requestTimeout", requestTimeout, Duration.ofMillis(1));
    requireTime("drainTimeout", drainTimeout, Duration.ZERO);
  }

  private static void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not from " + min + " to " + max);
    }
  }

  private static void requireTime(String name, Duration value, Duration min) {
    if (value.compareTo(min) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not from " + min + " to one day");
    }
  }

  public PublishOptions withMaxQueuedItems(int maxQueuedItems) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withMaxQueuedBytes(long maxQueuedBytes) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withRetryFor(Duration retryFor) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withConnectTimeout(Duration connectTimeout) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withRequestTimeout(Duration requestTimeout) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withDrainTimeout(Duration drainTimeout) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withRequestsInFlight(int requestsInFlight) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withPrefix(GripPrefix prefix) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withMetrics(PublishMetrics metrics) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withClock(Clock clock) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withNanoTime(LongSupplier nanoTime) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }

  public PublishOptions withRandom(DoubleSupplier random) {
    return new PublishOptions(
        maxQueuedItems,
        maxQueuedBytes,
        retryFor,
        connectTimeout,
        requestTimeout,
        drainTimeout,
        requestsInFlight,
        prefix,
        metrics,
        clock,
        nanoTime,
        random);
  }
}
