package io.gripstream.eventstream.internal.proxied;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets one client open only so many streams on channels that nobody read lately. A channel's first
 * subscriber makes Pushpin ask again for its streams, of which it does ten a second for everybody,
 * and a stream gets nothing live until its turn: one client with many such streams would let all
 * others wait. Thread-safe.
 *
 * <p>Many clients together could do the same. So there is a bound for all of them too, where the
 * proxy asks again: a little less than what it manages. A part of it is for clients that opened
 * none lately, so that clients that open many streams leave places for clients that open one.
 *
 * <p>The readers of a channel behind a proxy are unknown here. "Lately" is what this process
 * answered: a stream was opened on it, or a proxy asked again for one, within little more than the
 * time after which it asks for a silent one.
 */
final class NewChannels {
  private static final long LATELY_MILLIS = Duration.ofSeconds(150).toMillis();

  /** How long an empty bucket takes to be full again. */
  static final Duration REFILL = Duration.ofSeconds(5);

  /** For everybody: with {@link #FOR_FIRST}, 9 of the 10 a second that a proxy asks for. */
  private static final int FOR_ALL = 25;

  /** For clients that opened none in that time. */
  private static final int FOR_FIRST = 20;

  /** A proxy asks for a silent stream after two minutes: before, something made it ask. */
  private static final long EARLY_MILLIS = Duration.ofSeconds(60).toMillis();

  /** How long a proxy counts as one that asks again after it was seen to do so. */
  private static final long KNOWN_MILLIS = Duration.ofMinutes(10).toMillis();

  private static final int MAX_CHANNELS = 100_000;
  private static final int MAX_CLIENTS = 20_000;

  private final int limit;
  private final Clock clock;
  private final Map<String, Seen> seen = oldestFirst(MAX_CHANNELS);
  private final Map<String, Bucket> buckets = oldestFirst(MAX_CLIENTS);
  private Bucket forAll;
  private Bucket forFirst;
  private long asksUntil = Long.MIN_VALUE;

  /**
   * A channel.
   *
   * @param newAt when a stream was opened on it that made it one that is read
   */
  private record Seen(long newAt, long readAt) {}

  /**
   * @param size how many fit in; again after {@link #REFILL}
   * @param at when it was looked at last
   * @param takenAt when something was taken out last
   */
  private record Bucket(int size, double left, long at, long takenAt) {
    static Bucket full(int size, long now) {
      return new Bucket(size, size, now, now - REFILL.toMillis());
    }

    Bucket filled(long now) {
      double more = (double) (now - at) * size / REFILL.toMillis();
      return new Bucket(size, Math.min(size, left + more), now, takenAt);
    }

    boolean isEmpty() {
      return left < 1;
    }

    boolean isAtRest() {
      return at - takenAt >= REFILL.toMillis();
    }

    Bucket less() {
      return new Bucket(size, left - 1, at, at);
    }
  }

  /** @param limit how many streams at once; 0: any number */
  NewChannels(int limit, Clock clock) {
    this.limit = limit;
    this.clock = clock;
    this.forAll = Bucket.full(FOR_ALL, clock.millis());
    this.forFirst = Bucket.full(FOR_FIRST, clock.millis());
  }

  /** The least recently used entry is removed when the table is full. */
  private static <T> Map<String, T> oldestFirst(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > most;
      }
    };
  }

  /** A proxy is about to hold a stream on these channels, of a client that nobody knows. */
  synchronized void read(Collection<String> channels) {
    if (limit > 0) {
      long now = clock.millis();
      channels.forEach(channel -> seen.put(channel, read(channel, now)));
    }
  }

  /** A proxy asked again for a stream that it holds on these channels. */
  synchronized void asked(Collection<String> channels) {
    long now = clock.millis();
    for (String channel : channels) {
      Seen known = seen.get(channel);
      if (known != null && now - known.newAt < EARLY_MILLIS) {
        asksUntil = now + KNOWN_MILLIS;
      }
    }
    read(channels);
  }

  private Seen read(String channel, long now) {
    Seen known = seen.get(channel);
    return new Seen(known == null || isLongAgo(known, now) ? now : known.newAt, now);
  }

  /**
   * Whether the client may open a stream on these channels now. Its channels then count as read.
   *
   * @param client the client; the same for all that share one limit
   * @param asksAgain whether the proxy is known to ask again for a channel's first subscriber; else
   *     it is found out
   */
  synchronized boolean admits(String client, Collection<String> channels, boolean asksAgain) {
    if (limit == 0) {
      return true;
    }
    long now = clock.millis();
    if (channels.stream().anyMatch(channel -> isNew(channel, now))) {
      Bucket own = buckets.getOrDefault(client, Bucket.full(limit, now)).filled(now);
      boolean isAdmitted =
          !own.isEmpty() && (!(asksAgain || now < asksUntil) || takesOfAll(own.isAtRest(), now));
      buckets.put(client, isAdmitted ? own.less() : own);
      if (!isAdmitted) {
        return false;
      }
    }
    read(channels);
    return true;
  }

  private boolean takesOfAll(boolean isFirst, long now) {
    forAll = forAll.filled(now);
    forFirst = forFirst.filled(now);
    if (!forAll.isEmpty()) {
      forAll = forAll.less();
      return true;
    }
    if (isFirst && !forFirst.isEmpty()) {
      forFirst = forFirst.less();
      return true;
    }
    return false;
  }

  private boolean isNew(String channel, long now) {
    Seen known = seen.get(channel);
    return known == null || isLongAgo(known, now);
  }

  private static boolean isLongAgo(Seen known, long now) {
    return now - known.readAt > LATELY_MILLIS;
  }
}
