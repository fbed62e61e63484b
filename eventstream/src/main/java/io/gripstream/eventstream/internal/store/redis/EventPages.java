package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.copy.Copied;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.Retention;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the events of many channels: of a few of them at once, a page each. */
final class EventPages {
  private static final int CHANNELS_AT_ONCE = 50;
  private static final PageLimit PAGE = new PageLimit(2_000, 1_000_000);

  private static final PageLimit ONE = new PageLimit(1, 1);

  private final RedisStorage storage;
  private final Retention ofAll;
  private final Reads reads;

  /** @param ofAll for how long channels are kept that have no other time */
  EventPages(RedisStorage storage, Retention ofAll) {
    this.storage = storage;
    this.ofAll = ofAll;
    this.reads = new Reads(storage);
  }

  /** What is known of these channels. */
  List<Copied.Channel> channels(List<String> names) {
    Map<String, Head> heads = reads.heads(names);
    Map<String, Double> due = due(names);
    List<CompletableFuture<Page>> oldest = new ArrayList<>();
    for (String name : names) {
      long trimmed = heads.getOrDefault(name, Head.EMPTY).trimmed();
      oldest.add(reads.pageLater(name, trimmed, trimmed + 1, ONE));
    }
    List<Copied.Channel> channels = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Head head = heads.getOrDefault(names.get(i), Head.EMPTY);
      List<Event> first = storage.link().await(oldest.get(i)).events();
      channels.add(new Copied.Channel(
          names.get(i), head.last(), head.trimmed(), ttl(first, due.get(names.get(i)))));
    }
    return channels;
  }

  private Map<String, Double> due(List<String> names) {
    Map<String, Double> due = new HashMap<>();
    storage.buckets().byBucket(names).forEach((bucket, some) -> {
      List<Double> times = storage
          .link()
          .ask(commands -> commands.zmscore(bucket.keys().due(), some.toArray(String[]::new)));
      for (int i = 0; i < some.size(); i++) {
        if (times.get(i) != null) {
          due.put(some.get(i), times.get(i));
        }
      }
    });
    return due;
  }

  /** An entry says when the oldest event is old: so for how long events are kept. */
  private long ttl(List<Event> first, @Nullable Double due) {
    if (first.isEmpty() || due == null) {
      return 0;
    }
    long ttl = due.longValue() - first.get(0).at().toEpochMilli();
    return ttl == ofAll.ttl().toMillis() ? 0 : Math.max(0, ttl);
  }

  /** When these events were stored, as far as they are there. */
  Map<String, Long> times(Map<String, Long> ids) {
    Map<String, CompletableFuture<Page>> pages = new LinkedHashMap<>();
    ids.forEach((name, id) -> pages.put(name, reads.pageLater(name, id - 1, id, ONE)));
    Map<String, Long> times = new HashMap<>();
    pages.forEach((name, page) -> storage
        .link()
        .await(page)
        .events()
        .forEach(event -> times.put(name, event.at().toEpochMilli())));
    return times;
  }

  void read(Collection<Copied.Channel> channels, Consumer<Event> event) {
    List<Copied.Channel> all = channels.stream().filter(one -> one.events() > 0).toList();
    for (int i = 0; i < all.size(); i += CHANNELS_AT_ONCE) {
      List<Copied.Channel> some = all.subList(i, Math.min(all.size(), i + CHANNELS_AT_ONCE));
      List<CompletableFuture<Page>> first = new ArrayList<>();
      for (Copied.Channel channel : some) {
        first.add(reads.pageLater(channel.name(), channel.trimmed(), channel.last(), PAGE));
      }
      for (int n = 0; n < some.size(); n++) {
        read(some.get(n), storage.link().await(first.get(n)), event);
      }
    }
  }

  private void read(Copied.Channel channel, Page first, Consumer<Event> event) {
    Page page = first;
    while (!page.events().isEmpty()) {
      page.events().forEach(event);
      long after = page.events().get(page.events().size() - 1).id();
      if (after >= channel.last()) {
        return;
      }
      page = reads.page(channel.name(), after, channel.last(), PAGE);
    }
  }
}
