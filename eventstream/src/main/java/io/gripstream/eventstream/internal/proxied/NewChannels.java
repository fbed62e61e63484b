package io.gripstream.eventstream.internal.proxied;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits how many streams one client may open on new channels (channels without a reader lately). A
 * channel's first subscriber makes Pushpin ask again for its streams. It asks ten times a second in
 * total, and a stream gets nothing live until its turn, so one client with many such streams would
 * make all others wait. Thread-safe.
 *
 * <p>Many clients together could do the same. So if the proxy asks again, there is a limit for all
 * of them, a little below its rate. A part of it is reserved for clients that opened no such stream
 * lately, so that clients with many streams do not lock out clients with one.
 *
 * <p>The readers of a channel behind a proxy are unknown here. A channel had a reader lately if
 * this process opened a stream on it, or a proxy asked again for one, within little more than the
 * time after which it asks for a silent one.
 */
final class NewChannels {
  private static final long LATELY_MILLIS = Duration.ofSeconds(150).toMillis();

  /** Time in which an empty bucket fills completely. */
  static final Duration REFILL = Duration.ofSeconds(5);

  /** For all clients: with {@link #FOR_FIRST}, 9 of the 10 requests a second of a proxy. */
  private static final int FOR_ALL = 25;

  /** Reserved for clients that opened no such stream in that time. */
  private static final int FOR_FIRST = 20;

  /** A proxy asks for a silent stream after two minutes. An earlier request has another reason. */
  private static final long EARLY_MILLIS = Duration.ofSeconds(60).toMillis();

  /** Time for which a proxy that asked again is known to do so. */
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
  private long lastMillis;
  private long passedMillis;

  /**
   * A channel.
   *
   * @param newAt when the first stream was opened on it
   */
  private record Seen(long newAt, long readAt) {}

  /**
   * @param size capacity; full again after {@link #REFILL}
   * @param at last look
   * @param takenAt last removal
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

  /** @param limit streams at once; 0: no limit */
  NewChannels(int limit, Clock clock) {
    this.limit = limit;
    this.clock = clock;
    this.lastMillis = clock.millis();
    this.forAll = Bucket.full(FOR_ALL, passedMillis);
    this.forFirst = Bucket.full(FOR_FIRST, passedMillis);
  }

  /** The time that has passed since the start. It does not go back when the clock is set back. */
  private long now() {
    long millis = clock.millis();
    passedMillis += Math.max(0, millis - lastMillis);
    lastMillis = millis;
    return passedMillis;
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

  /** A proxy is about to hold a stream on these channels, of an unknown client. */
  synchronized void read(Collection<String> channels) {
    if (limit > 0) {
      long now = now();
      channels.forEach(channel -> seen.put(channel, read(channel, now)));
    }
  }

  /** A proxy asked again for a stream that it holds on these channels. */
  synchronized void asked(Collection<String> channels) {
    long now = now();
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
   * Returns whether the client may open a stream on these channels now. Its channels then count as
   * read.
   *
   * @param client the same for all requests that share one limit
   * @param asksAgain whether the proxy is known to ask again for a channel's first subscriber;
   *     otherwise this class finds out
   */
  synchronized boolean admits(String client, Collection<String> channels, boolean asksAgain) {
    if (limit == 0) {
      return true;
    }
    long now = now();
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
