package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.grip.internal.Seldom;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The retention of each channel: its rules, or where they leave it open, the storage's options.
 * Thread-safe.
 */
public final class KeptHistory {
  private static final Logger LOG = LoggerFactory.getLogger(KeptHistory.class);

  /** For a channel whose rules are unknown: none of its events is old. In milliseconds. */
  public static final long UNKNOWN_TTL = Duration.ofDays(100_000).toMillis();

  private final Retention all;
  private final Seldom failures = new Seldom(System::nanoTime);
  private volatile @Nullable Function<String, ChannelRules> rules;

  /** @param all for channels whose rules leave it open */
  public KeptHistory(Retention all) {
    this.all = all;
  }

  void follow(Function<String, ChannelRules> of) {
    rules = of;
  }

  /** The retention of channels whose rules leave it open. */
  public Retention ofAll() {
    return all;
  }

  /** Whether channels may differ. */
  public boolean hasRules() {
    return rules != null;
  }

  /** Returns the time in milliseconds for which events of the channel are kept. */
  public long ttlMillis(String channel) {
    Retention kept = of(channel);
    return kept == null ? UNKNOWN_TTL : kept.ttl().toMillis();
  }

  /**
   * Returns the retention of the channel.
   *
   * @return null: its rules are unknown, so none of its events may be removed now
   */
  public @Nullable Retention of(String channel) {
    Function<String, ChannelRules> known = rules;
    if (channel.equals(ChannelNames.RESERVED)) {
      // The process channel has no rules of an application, and slow readers need its history.
      return Retention.of(all.ttl());
    }
    if (known == null) {
      return all;
    }
    try {
      ChannelRules own = known.apply(channel);
      Duration ttl = own.historyTtl().orElse(all.ttl());
      OptionalInt size = own.historySize().isPresent() ? own.historySize() : all.size();
      Retention kept = Retention.of(ttl);
      return size.isPresent() ? kept.withSize(size.getAsInt()) : kept;
    } catch (RuntimeException e) {
      failures.perhaps(leftOut -> LOG.error(
          "No events of channel {} are removed now: the function for its rules failed{}",
          channel,
          Seldom.more(leftOut),
          e));
      return null;
    }
  }
}
