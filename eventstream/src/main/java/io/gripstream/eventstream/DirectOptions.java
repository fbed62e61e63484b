package io.gripstream.eventstream;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Limits and times of the streams that this process holds itself, in direct mode. Immutable and
 * thread-safe; begin with {@link #DEFAULT}, and each {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * DirectOptions.DEFAULT.withMaxPerUser(5).withWriteTimeout(Duration.ofSeconds(10))
 * }</pre>
 */
public final class DirectOptions {
  /** No limit. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** All defaults. */
  public static final DirectOptions DEFAULT = new DirectOptions(new Values());

  private static final Duration LONGEST = Duration.ofDays(1);

  /** Changed before it gets here, never afterwards. */
  private final Values values;

  private DirectOptions(Values values) {
    this.values = values;
  }

  /**
   * A copy that cuts a client which takes no byte for this time although some wait for it. Default
   * 30 s.
   *
   * @throws IllegalArgumentException if it is less than 1 ms or more than a day
   */
  public DirectOptions withWriteTimeout(Duration time) {
    requireTime("writeTimeout", time, Duration.ofMillis(1));
    return with(copy -> copy.writeTimeout = time);
  }

  /**
   * A copy with this limit for the bytes of events queued for one connection. Beyond it, or beyond
   * {@link #withMaxQueuedEvents}, a stream reads on from storage at its client's pace; it ends with
   * {@code slow} if it would miss events that are not stored. Default 1 MiB.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxQueuedBytes(int bytes) {
    requirePositive("maxQueuedBytes", bytes);
    return with(copy -> copy.maxQueuedBytes = bytes);
  }

  /**
   * A copy with this limit for the number of events queued for one connection; as
   * {@link #withMaxQueuedBytes}. Default 10,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxQueuedEvents(int events) {
    requirePositive("maxQueuedEvents", events);
    return with(copy -> copy.maxQueuedEvents = events);
  }

  /**
   * A copy that reads at most this number of bytes of history at a time for one connection, and
   * holds no more for a client that takes it slowly. Default 64 KiB.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withReplayPageBytes(int bytes) {
    requirePositive("replayPageBytes", bytes);
    return with(copy -> copy.replayPageBytes = bytes);
  }

  /**
   * A copy with this limit of streams in total; more are answered 503. Default 100,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxConnections(int streams) {
    requirePositive("maxConnections", streams);
    return with(copy -> copy.maxConnections = streams);
  }

  /**
   * A copy with this limit of streams per user; more are answered 429. Default {@link #UNLIMITED}.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxPerUser(int streams) {
    requirePositive("maxPerUser", streams);
    return with(copy -> copy.maxPerUser = streams);
  }

  /**
   * A copy with this limit of streams per client address, as the server tells it; more are answered
   * 429. Default {@link #UNLIMITED}, since behind a reverse proxy all clients may have the same.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxPerAddress(int streams) {
    requirePositive("maxPerAddress", streams);
    return with(copy -> copy.maxPerAddress = streams);
  }

  /**
   * A copy that lets clients come back no earlier than this when the server shuts down. Default 1
   * s.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public DirectOptions withRetryAtLeast(Duration time) {
    requireTime("retryAtLeast", time, Duration.ZERO);
    return with(copy -> copy.retryAtLeast = time);
  }

  /**
   * A copy that spreads the return of those clients over this time, and {@code Retry-After} of
   * refusals too. Default 10 s.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public DirectOptions withRetrySpread(Duration time) {
    requireTime("retrySpread", time, Duration.ZERO);
    return with(copy -> copy.retrySpread = time);
  }

  /**
   * A copy with this number of threads that write to clients. Default half the processors, at least
   * 1 and at most 8.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withFanOutThreads(int threads) {
    requirePositive("fanOutThreads", threads);
    return with(copy -> copy.fanOutThreads = threads);
  }

  /**
   * A copy with this number of threads that read history for clients. Default 4.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withReplayThreads(int threads) {
    requirePositive("replayThreads", threads);
    return with(copy -> copy.replayThreads = threads);
  }

  /** How long a client may take no byte. */
  public Duration writeTimeout() {
    return values.writeTimeout;
  }

  /** Bytes of events queued for one connection, at most. */
  public int maxQueuedBytes() {
    return values.maxQueuedBytes;
  }

  /** Events queued for one connection, at most. */
  public int maxQueuedEvents() {
    return values.maxQueuedEvents;
  }

  /** Bytes of history read at a time for one connection, at most. */
  public int replayPageBytes() {
    return values.replayPageBytes;
  }

  /** Streams in total, at most. */
  public int maxConnections() {
    return values.maxConnections;
  }

  /** Streams of one user, at most. */
  public int maxPerUser() {
    return values.maxPerUser;
  }

  /** Streams of one client address, at most. */
  public int maxPerAddress() {
    return values.maxPerAddress;
  }

  /** The earliest return of a client when the server shuts down. */
  public Duration retryAtLeast() {
    return values.retryAtLeast;
  }

  /** Over how long clients return. */
  public Duration retrySpread() {
    return values.retrySpread;
  }

  /** Threads that write to clients. */
  public int fanOutThreads() {
    return values.fanOutThreads;
  }

  /** Threads that read history. */
  public int replayThreads() {
    return values.replayThreads;
  }

  private DirectOptions with(Consumer<Values> change) {
    Values copy = new Values(values);
    change.accept(copy);
    return new DirectOptions(copy);
  }

  private static void requireTime(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + " " + value + " must be from " + least + " to P1D");
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " must be at least 1");
    }
  }

  private static final class Values {
    private Duration writeTimeout = Duration.ofSeconds(30);
    private int maxQueuedBytes = 1 << 20;
    private int maxQueuedEvents = 10_000;
    private int replayPageBytes = 1 << 16;
    private int maxConnections = 100_000;
    private int maxPerUser = UNLIMITED;
    private int maxPerAddress = UNLIMITED;
    private Duration retryAtLeast = Duration.ofSeconds(1);
    private Duration retrySpread = Duration.ofSeconds(10);
    private int fanOutThreads =
        Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors() / 2));
    private int replayThreads = 4;

    Values() {}

    Values(Values from) {
      writeTimeout = from.writeTimeout;
      maxQueuedBytes = from.maxQueuedBytes;
      maxQueuedEvents = from.maxQueuedEvents;
      replayPageBytes = from.replayPageBytes;
      maxConnections = from.maxConnections;
      maxPerUser = from.maxPerUser;
      maxPerAddress = from.maxPerAddress;
      retryAtLeast = from.retryAtLeast;
      retrySpread = from.retrySpread;
      fanOutThreads = from.fanOutThreads;
      replayThreads = from.replayThreads;
    }
  }
}
