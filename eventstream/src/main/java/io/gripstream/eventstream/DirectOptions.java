package io.gripstream.eventstream;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Limits and times of the streams that this process holds itself, in direct mode. Immutable and
 * thread-safe. Begin with {@link #DEFAULT}; each {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * DirectOptions.DEFAULT.withMaxStreamsPerUser(5).withWriteTimeout(Duration.ofSeconds(10))
 * }</pre>
 */
public final class DirectOptions {
  /** Means: no limit. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** All defaults. */
  public static final DirectOptions DEFAULT = new DirectOptions(new Values());

  private static final Duration LONGEST = Duration.ofDays(1);

  /** Never changed after construction. */
  private final Values values;

  private DirectOptions(Values values) {
    this.values = values;
  }

  /**
   * Sets the write time-out: a client is disconnected if bytes wait for it and it accepts none for
   * this time. Default 30 s.
   *
   * @throws IllegalArgumentException if it is less than 1 ms or more than a day
   */
  public DirectOptions withWriteTimeout(Duration time) {
    requireTime("writeTimeout", time, Duration.ofMillis(1));
    return with(copy -> copy.writeTimeout = time);
  }

  /**
   * Sets the maximum number of bytes of events queued for one connection. Beyond it, or beyond
   * {@link #withMaxQueuedEvents}, the stream reads from storage at its client's pace. If it would
   * miss events that are not stored, it ends with {@code slow}. Default 1 MiB.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxQueuedBytes(int bytes) {
    requirePositive("maxQueuedBytes", bytes);
    return with(copy -> copy.maxQueuedBytes = bytes);
  }

  /**
   * Sets the maximum number of events queued for one connection; see {@link #withMaxQueuedBytes}.
   * Default 10,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxQueuedEvents(int events) {
    requirePositive("maxQueuedEvents", events);
    return with(copy -> copy.maxQueuedEvents = events);
  }

  /**
   * Sets the maximum number of bytes of history read at a time for one connection. No more is held
   * for a slow client. Default 64 KiB.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withReplayPageBytes(int bytes) {
    requirePositive("replayPageBytes", bytes);
    return with(copy -> copy.replayPageBytes = bytes);
  }

  /**
   * Sets the maximum number of streams in total. Further requests get 503. Default 100,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxStreams(int streams) {
    requirePositive("maxStreams", streams);
    return with(copy -> copy.maxStreams = streams);
  }

  /**
   * Sets the maximum number of streams per user. Further requests get 429. Default
   * {@link #UNLIMITED}.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxStreamsPerUser(int streams) {
    requirePositive("maxStreamsPerUser", streams);
    return with(copy -> copy.maxStreamsPerUser = streams);
  }

  /**
   * Sets the maximum number of streams per client address, as the server reports it. Further
   * requests get 429. Default {@link #UNLIMITED}, because behind a reverse proxy all clients may
   * have the same address.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withMaxStreamsPerAddress(int streams) {
    requirePositive("maxStreamsPerAddress", streams);
    return with(copy -> copy.maxStreamsPerAddress = streams);
  }

  /**
   * Sets the earliest time at which clients return after the server shut down. Default 1 s.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public DirectOptions withRetryAtLeast(Duration time) {
    requireTime("retryAtLeast", time, Duration.ZERO);
    return with(copy -> copy.retryAtLeast = time);
  }

  /**
   * Sets the time over which the return of those clients is spread; {@code Retry-After} of refusals
   * uses it too. Default 10 s.
   *
   * @throws IllegalArgumentException if it is negative or more than a day
   */
  public DirectOptions withRetrySpread(Duration time) {
    requireTime("retrySpread", time, Duration.ZERO);
    return with(copy -> copy.retrySpread = time);
  }

  /**
   * Sets the number of threads that write to clients. Default: half the processors, at least 1 and
   * at most 8.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withFanOutThreads(int threads) {
    requirePositive("fanOutThreads", threads);
    return with(copy -> copy.fanOutThreads = threads);
  }

  /**
   * Sets the number of threads that read history for clients. Default 4.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public DirectOptions withReplayThreads(int threads) {
    requirePositive("replayThreads", threads);
    return with(copy -> copy.replayThreads = threads);
  }

  /** Maximum time for which a client may accept no byte. */
  public Duration writeTimeout() {
    return values.writeTimeout;
  }

  /** Maximum number of bytes of events queued for one connection. */
  public int maxQueuedBytes() {
    return values.maxQueuedBytes;
  }

  /** Maximum number of events queued for one connection. */
  public int maxQueuedEvents() {
    return values.maxQueuedEvents;
  }

  /** Maximum number of bytes of history read at a time for one connection. */
  public int replayPageBytes() {
    return values.replayPageBytes;
  }

  /** Maximum number of streams in total. */
  public int maxStreams() {
    return values.maxStreams;
  }

  /** Maximum number of streams per user. */
  public int maxStreamsPerUser() {
    return values.maxStreamsPerUser;
  }

  /** Maximum number of streams per client address. */
  public int maxStreamsPerAddress() {
    return values.maxStreamsPerAddress;
  }

  /** The earliest time at which a client returns after the server shut down. */
  public Duration retryAtLeast() {
    return values.retryAtLeast;
  }

  /** The time over which the return of clients is spread. */
  public Duration retrySpread() {
    return values.retrySpread;
  }

  /** Number of threads that write to clients. */
  public int fanOutThreads() {
    return values.fanOutThreads;
  }

  /** Number of threads that read history. */
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
    private int maxStreams = 100_000;
    private int maxStreamsPerUser = UNLIMITED;
    private int maxStreamsPerAddress = UNLIMITED;
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
      maxStreams = from.maxStreams;
      maxStreamsPerUser = from.maxStreamsPerUser;
      maxStreamsPerAddress = from.maxStreamsPerAddress;
      retryAtLeast = from.retryAtLeast;
      retrySpread = from.retrySpread;
      fanOutThreads = from.fanOutThreads;
      replayThreads = from.replayThreads;
    }
  }
}
