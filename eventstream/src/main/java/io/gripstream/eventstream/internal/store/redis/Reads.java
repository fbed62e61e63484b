package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads events and heads. */
final class Reads {
  private static final int CHANNELS_AT_ONCE = 1_000;

  /** What a script answers before the events: its verdict, the head, the first id. */
  private static final int BEFORE_EVENTS = 4;

  private final RedisStorage storage;

  Reads(RedisStorage storage) {
    this.storage = storage;
  }

  Page page(String channel, long after, long upTo, PageLimit limit) {
    Keys keys = storage.keys();
    List<Object> answer = storage.ask(
        Script.READ,
        List.of(keys.last(), keys.trimmed(), keys.events(channel)),
        List.of(
            channel,
            String.valueOf(after),
            String.valueOf(upTo),
            String.valueOf(limit.events()),
            String.valueOf(limit.bytes())));
    Head head = new Head(RedisStorage.number(answer, 1), RedisStorage.number(answer, 2));
    long id = RedisStorage.number(answer, 3);
    List<Event> events = new ArrayList<>(answer.size() - BEFORE_EVENTS);
    for (Object fields : answer.subList(BEFORE_EVENTS, answer.size())) {
      events.add(event(channel, id++, (List<?>) fields));
    }
    return new Page(events, head);
  }

  /** Fields are names and values in turn: time, type, data, and skipped users if there are any. */
  private static Event event(String channel, long id, List<?> fields) {
    return new Event(
        channel,
        id,
        (String) fields.get(3),
        (String) fields.get(5),
        fields.size() > 7 ? Set.of(((String) fields.get(7)).split(",", -1)) : Set.of(),
        Instant.ofEpochMilli(Long.parseLong((String) fields.get(1))));
  }

  Map<String, Head> heads(Collection<String> channels) {
    Map<String, Head> heads = new HashMap<>();
    List<String> names = List.copyOf(channels);
    for (int i = 0; i < names.size(); i += CHANNELS_AT_ONCE) {
      List<String> some = names.subList(i, Math.min(names.size(), i + CHANNELS_AT_ONCE));
      List<Object> answer = storage.ask(
          Script.HEADS, List.of(storage.keys().last(), storage.keys().trimmed()), some);
      for (int n = 0; n < some.size(); n++) {
        heads.put(
            some.get(n),
            new Head(
                RedisStorage.number(answer, 1 + 2 * n), RedisStorage.number(answer, 2 + 2 * n)));
      }
    }
    return heads;
  }
}
