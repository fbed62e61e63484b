package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreException;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Removes old events, in steps of at most {@value #MOST_REMOVED} events of one channel. A sorted
 * set names the channels with old events. Channels with new events are checked for too many events;
 * at the start all channels are, because the limit may have changed.
 */
final class Trimmer implements Watch.Moved {
  private static final int MOST_REMOVED = 10_000;
  private static final int CHANNELS_AT_ONCE = 500;
  private static final int MOST_MOVED = 100_000;

  private final RedisStorage storage;
  private final KeptHistory kept;

  /** The channels of each bucket that are still to be checked. Without an entry: all. */
  private final Map<Bucket, Set<String>> moved = new HashMap<>();

  Trimmer(RedisStorage storage, KeptHistory kept) {
    this.storage = storage;
    this.kept = kept;
  }

  @Override
  public void channels(Set<String> names) {
    if (!kept.hasRules() && kept.ofAll().size().isEmpty()) {
      return;
    }
    int most = MOST_MOVED / storage.buckets().all().size();
    synchronized (moved) {
      storage.buckets().byBucket(names).forEach((bucket, some) -> {
        Set<String> known = moved.get(bucket);
        if (known != null) {
          known.addAll(some);
          if (known.size() > most) {
            moved.remove(bucket);
          }
        }
      });
    }
  }

  /** Removes everything that is due. Blocks. */
  void trim() {
    storage.each(this::trim);
  }

  private void trim(Bucket bucket) {
    trimMoved(bucket);
    trimDue(bucket);
  }

  private void trimMoved(Bucket bucket) {
    Set<String> some;
    synchronized (moved) {
      some = moved.put(bucket, new HashSet<>());
    }
    try {
      if (some == null) {
        storage.scan(bucket.keys().last(), page -> page.keySet().forEach(this::trim));
      } else {
        some.forEach(this::trim);
      }
    } catch (StoreException e) {
      // The next round checks them.
      synchronized (moved) {
        Set<String> since = moved.get(bucket);
        if (some == null || since == null) {
          moved.remove(bucket);
        } else {
          since.addAll(some);
        }
      }
      throw e;
    }
  }

  private void trimDue(Bucket bucket) {
    List<String> due = due(bucket);
    while (!due.isEmpty()) {
      due.forEach(this::trim);
      due = due.size() < CHANNELS_AT_ONCE ? List.of() : due(bucket);
    }
  }

  private List<String> due(Bucket bucket) {
    double now = storage.clock().millis();
    return storage
        .link()
        .ask(commands -> commands.zrangebyscore(
            bucket.keys().due(),
            Range.create(Double.NEGATIVE_INFINITY, now),
            Limit.create(0, CHANNELS_AT_ONCE)));
  }

  /** Removes all events of a channel up to this id. Blocks. */
  void forget(String channel, long upTo) {
    remove(channel, upTo);
  }

  private void trim(String channel) {
    remove(channel, 0);
  }

  private void remove(String channel, long forgotten) {
    while (step(channel, forgotten)) {
      // In steps, so that the server answers others in between.
      Thread.onSpinWait();
    }
  }

  /** Whether there is more to remove. */
  private boolean step(String channel, long forgotten) {
    Bucket bucket = storage.buckets().of(channel);
    Keys keys = bucket.keys();
    Retention retention = kept.of(channel);
    // If the rules of a channel are unknown, none of its events is old.
    long ttl = retention == null ? KeptHistory.UNKNOWN_TTL : retention.ttl().toMillis();
    int size = retention == null ? 0 : retention.size().orElse(0);
    List<Object> answer = bucket.ask(
        Script.TRIM,
        List.of(keys.last(), keys.trimmed(), keys.due(), keys.events(channel)),
        List.of(
            channel,
            String.valueOf(storage.clock().millis() - ttl),
            String.valueOf(ttl),
            String.valueOf(size),
            String.valueOf(forgotten),
            String.valueOf(MOST_REMOVED)));
    return RedisStorage.text(answer, 1).equals("1");
  }
}
