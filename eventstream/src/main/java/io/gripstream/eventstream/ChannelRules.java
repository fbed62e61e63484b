package io.gripstream.eventstream;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one channel: whether its events are stored, how long they are kept, whether
 * anonymous clients may read it, and how many past events a new stream begins with. An application
 * gives a function of the channel's name ({@link EventStreamConfig#channelRules}), the same in
 * every process. Immutable and thread-safe; begin with {@link #DEFAULT}, and each method that
 * returns rules returns a changed copy.
 *
 * <pre>{@code
 * config.channelRules(channel ->
 *     channel.startsWith("live-") ? ChannelRules.DEFAULT.unreliable()
 *     : channel.startsWith("price-") ? ChannelRules.DEFAULT.withHistorySize(1).withRewind(1)
 *     : ChannelRules.DEFAULT);
 * }</pre>
 */
public final class ChannelRules {
  /** The maximum of {@link #withRewind}. */
  public static final int MAX_REWIND = 1_000;

  /**
   * The channel is reliable, the storage's retention applies, and new streams get no past events.
   */
  public static final ChannelRules DEFAULT =
      new ChannelRules(null, OptionalInt.empty(), true, true, OptionalInt.empty());

  private final @Nullable Duration historyTtl;
  private final OptionalInt historySize;
  private final boolean isReliable;
  private final boolean isForAnonymous;
  private final OptionalInt rewind;

  private ChannelRules(
      @Nullable Duration historyTtl,
      OptionalInt historySize,
      boolean isReliable,
      boolean isForAnonymous,
      OptionalInt rewind) {
    this.historyTtl = historyTtl;
    this.historySize = historySize;
    this.isReliable = isReliable;
    this.isForAnonymous = isForAnonymous;
    this.rewind = rewind;
  }

  /**
   * A copy that keeps events for this long. Default: as long as the storage keeps those of other
   * channels ({@link io.gripstream.eventstream.store.Retention}).
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public ChannelRules withHistoryTtl(Duration ttl) {
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException("history ttl " + ttl + " must be positive");
    }
    return new ChannelRules(ttl, historySize, isReliable, isForAnonymous, rewind);
  }

  /**
   * A copy that keeps this number of events, the newest ones; 1: the latest value only. Default: as
   * many as the storage keeps of other channels.
   *
   * @throws IllegalArgumentException if it is less than 1; without any history a channel is
   *     {@link #unreliable}
   */
  public ChannelRules withHistorySize(int events) {
    if (events < 1) {
      throw new IllegalArgumentException("history size " + events
          + " must be at least 1; a channel without history is unreliable");
    }
    return new ChannelRules(historyTtl, OptionalInt.of(events), isReliable, isForAnonymous, rewind);
  }

  /**
   * A copy for a channel without ids and history: a client that is not connected misses its events.
   * Default: reliable, if there is a storage.
   */
  public ChannelRules unreliable() {
    return new ChannelRules(historyTtl, historySize, false, isForAnonymous, rewind);
  }

  /**
   * A copy for a channel that only identified users may read, in addition to
   * {@link ChannelManager#canRead}, which is then not asked about anonymous clients. Default:
   * anonymous clients may read if {@code canRead} agrees.
   */
  public ChannelRules withoutAnonymous() {
    return new ChannelRules(historyTtl, historySize, isReliable, false, rewind);
  }

  /**
   * A copy that begins each new stream with at most this number of the channel's last events,
   * unless its client or its route gives a number. Default: 0.
   *
   * @throws IllegalArgumentException if it is not from 0 to {@link #MAX_REWIND}
   */
  public ChannelRules withRewind(int events) {
    checkRewind(events);
    return new ChannelRules(
        historyTtl, historySize, isReliable, isForAnonymous, OptionalInt.of(events));
  }

  /** @throws IllegalArgumentException if it is not from 0 to {@link #MAX_REWIND} */
  static void checkRewind(int events) {
    if (events < 0 || events > MAX_REWIND) {
      throw new IllegalArgumentException("rewind " + events + " is not within 0 and " + MAX_REWIND);
    }
  }

  /** Time for which events are kept; empty: the storage's retention applies. */
  public Optional<Duration> historyTtl() {
    return Optional.ofNullable(historyTtl);
  }

  /** Maximum number of events kept; empty: the storage's retention applies. */
  public OptionalInt historySize() {
    return historySize;
  }

  /** Whether the channel has ids and a history, where there is a storage. */
  public boolean isReliable() {
    return isReliable;
  }

  /** Whether anonymous clients may read it, if {@link ChannelManager#canRead} agrees. */
  public boolean isForAnonymous() {
    return isForAnonymous;
  }

  /** Maximum number of past events that a new stream begins with; empty: not set. */
  public OptionalInt rewind() {
    return rewind;
  }
}
