package io.gripstream.app.api;

import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Channels that the console offers: those with streams of this process, those used lately by any
 * process, as far as the storage tells it, and those with stored events. Bounded. Thread-safe.
 */
public final class OfferedChannels {
  /** Of used channels: the least recently used one is forgotten first. */
  private static final int MOST_USED = 100;

  /** In one answer. */
  private static final int MOST = 50;

  /** From storage. Some are not offered: they have no event any more, or are for tests. */
  private static final int MOST_READ = 300;

  /** The beginnings of names that the server, doctor and the console use for their own tests. */
  private static final List<String> OWN = List.of("gripstream/", "console-trial-");

  private final Optional<EventStore> store;
  private final Clock clock;
  private final Map<String, Instant> used = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
      return size() > MOST_USED;
    }
  };

  public OfferedChannels(Optional<EventStore> store, Clock clock) {
    this.store = store;
    this.clock = clock;
    store.ifPresent(events -> events.onChange(change -> {
      if (change instanceof Change.Channels others) {
        others.names().forEach(this::used);
      }
    }));
  }

  /** The channel had an event, or a client opened a stream of it. */
  public void used(String channel) {
    if (isOwn(channel)) {
      return;
    }
    Instant now = clock.instant();
    synchronized (used) {
      used.put(channel, now);
    }
  }

  private static boolean isOwn(String channel) {
    return OWN.stream().anyMatch(channel::startsWith);
  }

  /** @param usedAt null: it has stored events, and was not used while this process ran */
  record Offer(String name, int streams, @Nullable Instant usedAt) {}

  /**
   * The channels whose names begin so, those that were used last first. Blocks for storage.
   *
   * @param streams the streams of this process by channel
   */
  List<Offer> of(String prefix, Map<String, Integer> streams) {
    Map<String, Instant> times;
    synchronized (used) {
      times = new HashMap<>(used);
    }
    Set<String> names = new LinkedHashSet<>(times.keySet());
    names.addAll(streams.keySet());
    names.removeIf(name -> !name.startsWith(prefix) || isOwn(name));
    if (names.size() < MOST) {
      names.addAll(stored(prefix));
    }
    return names.stream()
        .map(name -> new Offer(name, streams.getOrDefault(name, 0), times.get(name)))
        .sorted(Comparator.comparing(
                Offer::usedAt, Comparator.nullsLast(Comparator.<Instant>reverseOrder()))
            .thenComparing(Offer::name))
        .limit(MOST)
        .toList();
  }

  private List<String> stored(String prefix) {
    if (store.isEmpty()) {
      return List.of();
    }
    EventStore events = store.get();
    List<String> names =
        events.channels(prefix, MOST_READ).stream().filter(name -> !isOwn(name)).toList();
    Map<String, Head> heads = events.heads(names);
    return names.stream()
        .filter(name -> {
          Head head = heads.getOrDefault(name, Head.EMPTY);
          return head.last() > head.trimmed();
        })
        .toList();
  }
}
