package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.core.KeptHistory;
import io.gripstream.eventstream.internal.store.core.NewEvent;
import io.gripstream.eventstream.internal.store.core.Outcome;
import io.gripstream.eventstream.internal.store.core.PendingAppend;
import io.gripstream.eventstream.internal.store.core.Periods;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The drafts that one script stores. The same batch may be sent again: the server remembers its
 * number.
 */
final class Batch {
  /** About two minutes of the busiest server; relays look at the last 45 seconds. */
  private static final int MOST_ENTRIES = 200_000;

  private final List<PendingAppend> senders;
  private final long number;
  private final long at;
  private final List<String> keys = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, Integer> channels = new LinkedHashMap<>();

  /**
   * @param number one higher than that of the batch before
   * @param at the time, in milliseconds since 1970
   */
  Batch(List<PendingAppend> senders, long number, long at) {
    this.senders = senders;
    this.number = number;
    this.at = at;
  }

  List<PendingAppend> senders() {
    return senders;
  }

  long number() {
    return number;
  }

  Set<String> channels() {
    return channels.keySet();
  }

  /** The {@code System.nanoTime} at which the first of its drafts came. */
  long since() {
    return senders.get(0).since();
  }

  /** Says what there is to store; to be called once. */
  Batch written(Keys names, String self, String wake, KeptHistory kept) {
    for (PendingAppend sender : senders) {
      for (String channel : sender.draft().channels()) {
        channels.putIfAbsent(channel, channels.size() + 1);
      }
    }
    keys.addAll(List.of(names.last(), names.due(), names.writers()));
    channels.keySet().forEach(channel -> keys.add(names.events(channel)));
    arguments.addAll(List.of(
        self,
        String.valueOf(number),
        String.valueOf(at),
        wake,
        names.news(),
        String.valueOf(MOST_ENTRIES),
        String.valueOf(Periods.IDEMPOTENCY_MEMORY.toMillis()),
        String.valueOf(channels.size())));
    for (String channel : channels.keySet()) {
      arguments.add(channel);
      arguments.add(String.valueOf(at + kept.ttlMillis(channel)));
    }
    arguments.add(String.valueOf(senders.size()));
    for (PendingAppend sender : senders) {
      add(sender.draft(), names);
    }
    return this;
  }

  private void add(Draft draft, Keys names) {
    arguments.add(draft.type());
    arguments.add(draft.data());
    arguments.add(String.join(",", draft.skippedUsers()));
    arguments.add(String.valueOf(draft.channels().size()));
    for (String channel : draft.channels()) {
      arguments.add(String.valueOf(channels.get(channel)));
      arguments.add(String.valueOf(key(channel, draft.idempotencyKey(), names)));
    }
  }

  private int key(String channel, @Nullable String key, Keys names) {
    if (key == null) {
      return 0;
    }
    keys.add(names.idempotency(channel, key));
    // Two come before those of this list.
    return keys.size() + 2;
  }

  /** The keys after the two that each script has. */
  List<String> keys() {
    return keys;
  }

  List<String> arguments() {
    return arguments;
  }

  /**
   * The results of the drafts from the server's answer: the ids of each, see {@code append.lua}.
   */
  List<Outcome> results(String ids, Earlier earlier) {
    String[] each = ids.split(",", -1);
    Map<String, Map<Long, Event>> stored = new HashMap<>();
    List<Outcome> results = new ArrayList<>(senders.size());
    for (int i = 0; i < each.length; i++) {
      results.add(result(senders.get(i).draft(), each[i].split(":", -1), stored, earlier));
    }
    return results;
  }

  private Outcome result(
      Draft draft, String[] ids, Map<String, Map<Long, Event>> stored, Earlier earlier) {
    List<Event> events = new ArrayList<>(ids.length);
    Map<String, Event> known = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      String channel = draft.channels().get(i);
      long id = Long.parseLong(ids[i]);
      if (id > 0) {
        Event event = NewEvent.of(draft, channel, id, at);
        events.add(event);
        if (draft.idempotencyKey() != null) {
          stored.computeIfAbsent(channel, name -> new HashMap<>()).put(id, event);
        }
      } else if (id < 0) {
        Event event = stored.getOrDefault(channel, Map.of()).get(-id);
        known.put(channel, event == null ? earlier.event(draft, channel, -id, at) : event);
      }
    }
    Outcome repeated = Outcome.repeated(draft, known);
    return repeated == null ? Outcome.stored(events) : repeated;
  }

  /** Whether an event was stored by a batch before this one. */
  static boolean namesEarlier(String ids) {
    return ids.indexOf('-') >= 0;
  }

  /** Finds an event that was stored before. */
  interface Earlier {
    Event event(Draft draft, String channel, long id, long at);
  }
}
