package io.gripstream.grip.publish;

import io.gripstream.grip.GripPrefix;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
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
 *     408 and 429; default 15 s. What waits behind it for as long fails with it. Zero: every item
 *     is tried once
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

  /** A copy that takes in so many items per proxy (default 10,000) and then refuses more. */
  public PublishOptions withMaxQueuedItems(int maxQueuedItems) {
    return with(draft -> draft.maxQueuedItems = maxQueuedItems);
  }

  /**
   * A copy that takes in so many bytes of JSON per proxy (default 64 MiB) and then refuses more.
   */
  public PublishOptions withMaxQueuedBytes(long maxQueuedBytes) {
    return with(draft -> draft.maxQueuedBytes = maxQueuedBytes);
  }

  /** A copy that tries an item again for so long (default 15 s); zero: sends it once. */
  public PublishOptions withRetryFor(Duration retryFor) {
    return with(draft -> draft.retryFor = retryFor);
  }

  /** A copy that waits so long for a connection (default 3 s). */
  public PublishOptions withConnectTimeout(Duration connectTimeout) {
    return with(draft -> draft.connectTimeout = connectTimeout);
  }

  /** A copy that waits so long for the answer to a request (default 10 s). */
  public PublishOptions withRequestTimeout(Duration requestTimeout) {
    return with(draft -> draft.requestTimeout = requestTimeout);
  }

  /** A copy that waits so long in {@code close()} for what is queued (default 5 s). */
  public PublishOptions withDrainTimeout(Duration drainTimeout) {
    return with(draft -> draft.drainTimeout = drainTimeout);
  }

  /** A copy that has up to so many requests under way to one proxy, 1 to 16 (default 2). */
  public PublishOptions withRequestsInFlight(int requestsInFlight) {
    return with(draft -> draft.requestsInFlight = requestsInFlight);
  }

  /** A copy that puts this before every channel (default: nothing). */
  public PublishOptions withPrefix(GripPrefix prefix) {
    return with(draft -> draft.prefix = prefix);
  }

  /** A copy that tells this what it does (default: nobody). */
  public PublishOptions withMetrics(PublishMetrics metrics) {
    return with(draft -> draft.metrics = metrics);
  }

  /** A copy that reads the time here (default: from the system). */
  public PublishOptions withClock(Clock clock) {
    return with(draft -> draft.clock = clock);
  }

  /** A copy that measures with this (default: {@link System#nanoTime()}). */
  public PublishOptions withNanoTime(LongSupplier nanoTime) {
    return with(draft -> draft.nanoTime = nanoTime);
  }

  /** A copy that spreads retries by this (default: {@link Math#random()}). */
  public PublishOptions withRandom(DoubleSupplier random) {
    return with(draft -> draft.random = random);
  }

  private PublishOptions with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.build();
  }

  /** The same, while one of them changes. */
  private static final class Draft {
    private int maxQueuedItems;
    private long maxQueuedBytes;
    private Duration retryFor;
    private Duration connectTimeout;
    private Duration requestTimeout;
    private Duration drainTimeout;
    private int requestsInFlight;
    private GripPrefix prefix;
    private PublishMetrics metrics;
    private Clock clock;
    private LongSupplier nanoTime;
    private DoubleSupplier random;

    Draft(PublishOptions options) {
      maxQueuedItems = options.maxQueuedItems;
      maxQueuedBytes = options.maxQueuedBytes;
      retryFor = options.retryFor;
      connectTimeout = options.connectTimeout;
      requestTimeout = options.requestTimeout;
      drainTimeout = options.drainTimeout;
      requestsInFlight = options.requestsInFlight;
      prefix = options.prefix;
      metrics = options.metrics;
      clock = options.clock;
      nanoTime = options.nanoTime;
      random = options.random;
    }

    PublishOptions build() {
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
}
