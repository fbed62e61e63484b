package io.gripstream.eventstream;

import java.time.Duration;

/**
 * How held connections behave. Immutable; begin with {@link #DEFAULT}.
 *
 * @param writeTimeout a client that takes no byte for so long, though some wait, is cut; default 30
 *     s
 * @param maxQueuedBytes so many bytes of events may wait for one connection, default 1 MiB; past
 *     it, or past {@code maxQueuedEvents}, a stream reads on from storage at its client's pace, or
 *     ends with {@code slow} if it would miss events that are not stored
 * @param maxQueuedEvents so many events may wait for one connection; default 10,000
 * @param replayPageBytes how much history is read at a time for one connection, and the most that
 *     is held for a client that takes it slowly; default 64 KiB
 * @param maxConnections streams in total; more are answered 503; default 100,000
 * @param maxPerUser streams of one user; more are answered 429; default {@link #UNLIMITED}
 * @param maxPerAddress streams of one client address, as {@code Context.ip()} tells it; more are
 *     answered 429; default {@link #UNLIMITED}, for behind a reverse proxy all have the same
 * @param retryAtLeast clients of a server that shuts down come back no earlier; default 1 s
 * @param retrySpread and spread out over so long; also the spread of {@code Retry-After}; default
 *     10 s
 * @param fanOutThreads threads that write to clients; default half the processors, 1 to 8
 * @param replayThreads threads that read history; default 4
 */
public record DirectOptions(
    Duration writeTimeout,
    int maxQueuedBytes,
    int maxQueuedEvents,
    int replayPageBytes,
    int maxConnections,
    int maxPerUser,
    int maxPerAddress,
    Duration retryAtLeast,
    Duration retrySpread,
    int fanOutThreads,
    int replayThreads) {
  /** No limit. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  public static final DirectOptions DEFAULT = new DirectOptions(
      Duration.ofSeconds(30),
      1 << 20,
      10_000,
      1 << 16,
      100_000,
      UNLIMITED,
      UNLIMITED,
      Duration.ofSeconds(1),
      Duration.ofSeconds(10),
      Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors() / 2)),
      4);

  /**
   * @throws IllegalArgumentException if a duration is not positive (the retry durations may be
   *     zero), or a number is below 1
   */
  public DirectOptions {
    atLeast("writeTimeout", writeTimeout, Duration.ofMillis(1));
    atLeast("retryAtLeast", retryAtLeast, Duration.ZERO);
    atLeast("retrySpread", retrySpread, Duration.ZERO);
    atLeastOne("maxQueuedBytes", maxQueuedBytes);
    atLeastOne("maxQueuedEvents", maxQueuedEvents);
    atLeastOne("replayPageBytes", replayPageBytes);
    atLeastOne("maxConnections", maxConnections);
    atLeastOne("maxPerUser", maxPerUser);
    atLeastOne("maxPerAddress", maxPerAddress);
    atLeastOne("fanOutThreads", fanOutThreads);
    atLeastOne("replayThreads", replayThreads);
  }

  private static void atLeast(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(name + " " + value + " must be from " + least + " to P1D");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " must be at least 1");
    }
  }

  /** These options, to be changed. */
  public Builder with() {
    return new Builder(this);
  }

  /** Changes some options and keeps the others. One thread at a time. */
  public static final class Builder {
    private Duration writeTimeout;
    private int maxQueuedBytes;
    private int maxQueuedEvents;
    private int replayPageBytes;
    private int maxConnections;
    private int maxPerUser;
    private int maxPerAddress;
    private Duration retryAtLeast;
    private Duration retrySpread;
    private int fanOutThreads;
    private int replayThreads;

    private Builder(DirectOptions from) {
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

    public Builder writeTimeout(Duration writeTimeout) {
      this.writeTimeout = writeTimeout;
      return this;
    }

    public Builder maxQueuedBytes(int maxQueuedBytes) {
      this.maxQueuedBytes = maxQueuedBytes;
      return this;
    }

    public Builder maxQueuedEvents(int maxQueuedEvents) {
      this.maxQueuedEvents = maxQueuedEvents;
      return this;
    }

    public Builder replayPageBytes(int replayPageBytes) {
      this.replayPageBytes = replayPageBytes;
      return this;
    }

    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    public Builder maxPerUser(int maxPerUser) {
      this.maxPerUser = maxPerUser;
      return this;
    }

    public Builder maxPerAddress(int maxPerAddress) {
      this.maxPerAddress = maxPerAddress;
      return this;
    }

    public Builder retryAtLeast(Duration retryAtLeast) {
      this.retryAtLeast = retryAtLeast;
      return this;
    }

    public Builder retrySpread(Duration retrySpread) {
      this.retrySpread = retrySpread;
      return this;
    }

    public Builder fanOutThreads(int fanOutThreads) {
      this.fanOutThreads = fanOutThreads;
      return this;
    }

    public Builder replayThreads(int replayThreads) {
      this.replayThreads = replayThreads;
      return this;
    }

    /** @throws IllegalArgumentException as {@link DirectOptions} does */
    public DirectOptions build() {
      return new DirectOptions(
          writeTimeout,
          maxQueuedBytes,
          maxQueuedEvents,
          replayPageBytes,
          maxConnections,
          maxPerUser,
          maxPerAddress,
          retryAtLeast,
          retrySpread,
          fanOutThreads,
          replayThreads);
    }
  }
}
