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
 * <p>Who reads a channel behind a proxy is not known here. Lately is, by what this process
 * answered: a stream was opened on it, or a proxy asked again for one, within little more than the
 * time after which it asks for a silent one.
 */
final class NewChannels {
  private static final long LATELY_MILLIS = Duration.ofSeconds(150).toMillis();

  /** How long an empty bucket takes to be full again. */
  static final Duration REFILL = Duration.ofSeconds(5);

  private static final int MAX_CHANNELS = 100_000;
  private static final int MAX_CLIENTS = 20_000;

  private final int limit;
  private final Clock clock;
  private final Map<String, Long> readAt = oldestFirst(MAX_CHANNELS);
  private final Map<String, Bucket> buckets = oldestFirst(MAX_CLIENTS);

  private record Bucket(double left, long at) {}

  /** @param limit how many streams at once; 0: any number */
  NewChannels(int limit, Clock clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /** What was not touched for longest is forgotten when there is no more room. */
  private static <T> Map<String, T> oldestFirst(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > most;
      }
    };
  }

  /** A proxy holds, or is about to hold, a stream on these channels. */
  synchronized void read(Collection<String> channels) {
    if (limit > 0) {
      long now = clock.millis();
      channels.forEach(channel -> readAt.put(channel, now));
    }
  }

  /**
   * Whether the client may open a stream on these channels now. Its channels then count as read.
   *
   * @param client who it is; the same for all that may share its limit
   */
  synchronized boolean admits(String client, Collection<String> channels) {
    if (limit == 0) {
      return true;
    }
    long now = clock.millis();
    if (channels.stream().anyMatch(channel -> isNew(channel, now))) {
      Bucket bucket = buckets.getOrDefault(client, new Bucket(limit, now));
      double left =
          Math.min(limit, bucket.left + (double) (now - bucket.at) * limit / REFILL.toMillis());
      if (left < 1) {
        buckets.put(client, new Bucket(left, now));
        return false;
      }
      buckets.put(client, new Bucket(left - 1, now));
    }
    read(channels);
    return true;
  }

  private boolean isNew(String channel, long now) {
    Long at = readAt.get(channel);
    return at == null || now - at > LATELY_MILLIS;
  }
}
