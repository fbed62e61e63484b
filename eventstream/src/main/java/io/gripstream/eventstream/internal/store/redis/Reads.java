package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Reads events and heads. */
final class Reads {
  private static final int CHANNELS_AT_ONCE = 1_000;

  /**
   * Number of values before the events in a script's answer: its verdict, the head, the first id.
   */
  private static final int BEFORE_EVENTS = 4;

  private final RedisStorage storage;

  Reads(RedisStorage storage) {
    this.storage = storage;
  }

  Page page(String channel, long after, long upTo, PageLimit limit) {
    return storage.link().await(pageLater(channel, after, upTo, limit));
  }

  /** As {@link #page}, without waiting. */
  CompletableFuture<Page> pageLater(String channel, long after, long upTo, PageLimit limit) {
    Bucket bucket = storage.buckets().of(channel);
    Keys keys = bucket.keys();
    return bucket
        .askLater(
            Script.READ,
            List.of(keys.last(), keys.trimmed(), keys.events(channel)),
            List.of(
                channel,
                String.valueOf(after),
                String.valueOf(upTo),
                String.valueOf(limit.events()),
                String.valueOf(limit.bytes())))
        .thenApply(answer -> page(channel, answer));
  }

  private static Page page(String channel, List<Object> answer) {
    Head head = new Head(RedisStorage.number(answer, 1), RedisStorage.number(answer, 2));
    long id = RedisStorage.number(answer, 3);
    List<Event> events = new ArrayList<>(answer.size() - BEFORE_EVENTS);
    for (Object text : answer.subList(BEFORE_EVENTS, answer.size())) {
      events.add(event(channel, id++, (String) text));
    }
    return new Page(events, head);
  }

  /**
   * Lines are time, type and skipped users; the rest is data. None of the former has a line end.
   */
  private static Event event(String channel, long id, String text) {
    int time = text.indexOf('\n');
    int type = text.indexOf('\n', time + 1);
    int users = text.indexOf('\n', type + 1);
    return new Event(
        channel,
        id,
        text.substring(time + 1, type),
        text.substring(users + 1),
        users == type + 1 ? Set.of() : Set.of(text.substring(type + 1, users).split(",", -1)),
        Instant.ofEpochMilli(Long.parseLong(text, 0, time, 10)));
  }

  /** The first that are found, in a walk over the names of all channels. */
  List<String> channels(String prefix, int limit) {
    Set<String> names = new LinkedHashSet<>();
    for (Bucket bucket : storage.buckets().all()) {
      storage.scanWhile(bucket.keys().last(), page -> {
        page.keySet().stream().filter(name -> name.startsWith(prefix)).forEach(names::add);
        return names.size() < limit;
      });
    }
    return names.stream().limit(limit).toList();
  }

  Map<String, Head> heads(Collection<String> channels) {
    record Asked(List<String> channels, CompletableFuture<List<Object>> answer) {}
    List<Asked> asked = new ArrayList<>();
    storage.buckets().byBucket(channels).forEach((bucket, names) -> {
      for (int i = 0; i < names.size(); i += CHANNELS_AT_ONCE) {
        List<String> some = names.subList(i, Math.min(names.size(), i + CHANNELS_AT_ONCE));
        asked.add(new Asked(
            some,
            bucket.askLater(
                Script.HEADS, List.of(bucket.keys().last(), bucket.keys().trimmed()), some)));
      }
    });
    storage
        .link()
        .await(CompletableFuture.allOf(
            asked.stream().map(Asked::answer).toArray(CompletableFuture[]::new)));
    Map<String, Head> heads = new HashMap<>();
    for (Asked one : asked) {
      List<Object> answer = storage.link().await(one.answer);
      for (int n = 0; n < one.channels.size(); n++) {
        heads.put(
            one.channels.get(n),
            new Head(
                RedisStorage.number(answer, 1 + 2 * n), RedisStorage.number(answer, 2 + 2 * n)));
      }
    }
    return heads;
  }
}
