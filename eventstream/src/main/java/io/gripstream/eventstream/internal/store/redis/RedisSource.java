package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.copy.Copied;
import io.gripstream.eventstream.internal.store.copy.CopySource;
import io.gripstream.eventstream.internal.store.core.Periods;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.Revocations.Revocation;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The keys of a storage, for a copy of it. */
final class RedisSource implements CopySource {
  private final RedisStorage storage;
  private final String epoch;
  private final EventPages events;

  RedisSource(RedisStorage storage, Retention ofAll) {
    this.storage = storage;
    this.epoch = storage.openExisting();
    this.events = new EventPages(storage, ofAll);
  }

  @Override
  public Copied.Identity identity() {
    String signing = storage.home().keys().signing();
    Map<String, String> known = storage.link().ask(commands -> commands.hgetall(signing));
    return new Copied.Identity(
        epoch, known.get("grants"), secrets(known.getOrDefault("keys", "")), proxies());
  }

  /** Each bucket knows them; one is current, or owes nothing, if all say so. */
  private List<Copied.Proxy> proxies() {
    List<Map<String, String>> all = storage.buckets().all().stream()
        .map(bucket ->
            storage.link().ask(commands -> commands.hgetall(bucket.keys().proxies())))
        .toList();
    Set<String> names = new TreeSet<>();
    for (Map<String, String> known : all) {
      for (String field : known.keySet()) {
        int end = field.indexOf('\n');
        if (field.startsWith("epoch", end + 1)) {
          names.add(field.substring(0, end));
        }
      }
    }
    return names.stream()
        .map(name -> new Copied.Proxy(
            name,
            storage.clock().millis(),
            all.stream().anyMatch(known -> "1".equals(known.get(name + "\nowes"))),
            all.stream().allMatch(known -> epoch.equals(known.get(name + "\nepoch")))))
        .toList();
  }

  private static List<Copied.Secret> secrets(String text) {
    List<Copied.Secret> secrets = new ArrayList<>();
    for (String key : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int colon = key.indexOf(':');
      secrets.add(new Copied.Secret(
          HexFormat.of().parseHex(key.substring(0, colon)),
          Long.parseLong(key.substring(colon + 1))));
    }
    return secrets;
  }

  @Override
  public String mark() {
    StringBuilder mark = new StringBuilder(epoch);
    for (Bucket bucket : storage.buckets().all()) {
      List<StreamMessage<String, String>> newest = storage
          .link()
          .ask(commands ->
              commands.xrevrange(bucket.keys().log(), Range.unbounded(), Limit.from(1)));
      newest.forEach(entry -> mark.append(' ').append(entry.getId()));
      long channels = storage.link().ask(commands -> commands.hlen(bucket.keys().last()));
      mark.append(' ').append(channels);
    }
    return mark.toString();
  }

  @Override
  public List<String> remarks() {
    return List.of();
  }

  @Override
  public void channels(Consumer<List<Copied.Channel>> page) {
    for (Bucket bucket : storage.buckets().all()) {
      storage.scan(bucket.keys().last(), found -> {
        if (!found.isEmpty()) {
          page.accept(events.channels(List.copyOf(found.keySet())));
        }
      });
    }
  }

  @Override
  public void events(List<Copied.Channel> channels, Consumer<Event> event) {
    events.read(channels, event);
  }

  @Override
  public void keys(Consumer<List<Copied.Key>> page) {
    storage.scanKeys(Keys::idempotency, (bucket, names) -> {
      List<Copied.Key> some = keys(names, bucket.keys().idempotency().length());
      if (!some.isEmpty()) {
        page.accept(some);
      }
    });
  }

  private List<Copied.Key> keys(List<String> names, int prefix) {
    Map<String, Future<String>> ids = new HashMap<>();
    Map<String, Future<Long>> lives = new HashMap<>();
    for (String name : names) {
      ids.put(name, storage.link().commands().get(name));
      lives.put(name, storage.link().commands().pttl(name));
    }
    long now = storage.clock().millis();
    List<Copied.Key> keys = new ArrayList<>();
    for (String name : ids.keySet()) {
      String id = storage.link().await(Objects.requireNonNull(ids.get(name)));
      long left = storage.link().await(Objects.requireNonNull(lives.get(name)));
      if (id != null && left > 0) {
        String[] parts = name.substring(prefix).split("\n", 2);
        keys.add(new Copied.Key(
            parts[0],
            parts[1],
            Long.parseLong(id),
            now + left - Periods.IDEMPOTENCY_MEMORY.toMillis()));
      }
    }
    return keys;
  }

  @Override
  public void cursors(Consumer<List<Copied.Cursor>> page) {
    for (Copied.Proxy proxy : proxies()) {
      for (Bucket bucket : storage.buckets().all()) {
        storage.scan(bucket.keys().cursors(proxy.name()), found -> {
          List<Copied.Cursor> some = new ArrayList<>();
          found.forEach((channel, upTo) ->
              some.add(new Copied.Cursor(proxy.name(), channel, Long.parseLong(upTo))));
          page.accept(some);
        });
      }
    }
  }

  @Override
  public void revocations(Consumer<List<Revocation>> page) {
    List<Revocation> all = new RedisRevocations(storage).changes(0).entries();
    if (!all.isEmpty()) {
      page.accept(all);
    }
  }

  @Override
  public void close() {
    storage.close();
  }
}
