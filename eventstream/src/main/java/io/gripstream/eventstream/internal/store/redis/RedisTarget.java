package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.store.copy.Copied;
import io.gripstream.eventstream.internal.store.copy.CopyTarget;
import io.gripstream.eventstream.internal.store.copy.Unfinished;
import io.gripstream.eventstream.internal.store.core.Periods;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.Revocations.Revocation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a storage into which a copy is written. When a channel's oldest event is old is
 * written with the channel's first event.
 */
final class RedisTarget implements CopyTarget {
  private static final int REPLICA_ROUNDS = 12;

  private final RedisStorage storage;
  private final Retention retention;
  private final String own;
  private final String token = Unfinished.token();
  private final EventPages events;
  private Map<String, Copied.Channel> page = Map.of();
  private Copied.@Nullable Identity identity;
  private long changes;

  RedisTarget(RedisStorage storage, Retention retention) {
    this.storage = storage;
    this.retention = retention;
    this.own = storage.openUnfinished();
    this.events = new EventPages(storage, retention);
  }

  private Import commands() {
    return new Import(storage, token);
  }

  @Override
  public String epoch() {
    return own;
  }

  @Override
  public boolean begin() {
    if (!storage.isUnfinished() && holdsSomething()) {
      return false;
    }
    // That of what belongs to no channel first: no store opens it from now on.
    mark(storage.home());
    storage.buckets().all().forEach(this::mark);
    storage.scanKeys(Keys::prefix, (bucket, names) -> {
      String[] all =
          names.stream().filter(name -> !name.equals(bucket.keys().meta())).toArray(String[]::new);
      if (all.length > 0) {
        storage.link().ask(commands -> commands.unlink(all));
      }
    });
    return true;
  }

  private boolean holdsSomething() {
    long left =
        storage.link().ask(commands -> commands.zcard(storage.home().keys().revokedUntil()));
    for (Bucket bucket : storage.buckets().all()) {
      left += storage.link().ask(commands -> commands.hlen(bucket.keys().last()));
    }
    return left > 0;
  }

  private void mark(Bucket bucket) {
    storage.link().ask(commands -> commands.hset(bucket.keys().meta(), RedisStorage.COPY, token));
  }

  @Override
  public List<Copied.Channel> write(List<Copied.Channel> channels) {
    Import commands = commands();
    Map<Bucket, List<Copied.Channel>> asked = new HashMap<>();
    for (Copied.Channel channel : channels) {
      Bucket bucket = storage.buckets().of(channel.name());
      String last = bucket.keys().last();
      commands.add(bucket, last, "HSETNX", last, channel.name(), text(channel.last()));
      asked.computeIfAbsent(bucket, one -> new ArrayList<>()).add(channel);
    }
    List<Copied.Channel> fresh = new ArrayList<>();
    page = new HashMap<>();
    Import trimmed = commands();
    commands.send().forEach((bucket, answers) -> {
      List<Copied.Channel> some = asked.getOrDefault(bucket, List.of());
      String removed = bucket.keys().trimmed();
      for (int i = 0; i < some.size(); i++) {
        Copied.Channel channel = some.get(i);
        if (RedisStorage.text(answers, i).equals("1")) {
          fresh.add(channel);
          page.put(channel.name(), channel);
          if (channel.trimmed() > 0) {
            trimmed.add(bucket, removed, "HSET", removed, channel.name(), text(channel.trimmed()));
          }
        }
      }
    });
    trimmed.send();
    return fresh;
  }

  @Override
  public void store(List<Event> some) {
    Import commands = commands();
    for (Event event : some) {
      Bucket bucket = storage.buckets().of(event.channel());
      Keys keys = bucket.keys();
      String stream = keys.events(event.channel());
      String at = text(event.at().toEpochMilli());
      List<String> words = new ArrayList<>(List.of(
          "XADD", stream, "0-" + event.id(), "a", at, "t", event.type(), "d", event.data()));
      if (!event.skippedUsers().isEmpty()) {
        words.add("s");
        words.add(String.join(",", event.skippedUsers()));
      }
      commands.add(bucket, stream, words.toArray(String[]::new));
      Copied.Channel channel = Objects.requireNonNull(page.get(event.channel()), event.channel());
      if (event.id() == channel.trimmed() + 1) {
        long ttl = channel.ttl() > 0 ? channel.ttl() : retention.ttl().toMillis();
        String due = text(event.at().toEpochMilli() + ttl);
        commands.add(bucket, keys.due(), "ZADD", keys.due(), due, event.channel());
      }
    }
    commands.send();
  }

  @Override
  public Collection<Copied.Channel> written() {
    return events.channels(List.copyOf(page.keySet()));
  }

  @Override
  public void events(Collection<Copied.Channel> channels, Consumer<Event> event) {
    events.read(channels, event);
  }

  @Override
  public long channels() {
    long channels = 0;
    for (Bucket bucket : storage.buckets().all()) {
      channels += storage.link().ask(commands -> commands.hlen(bucket.keys().last()));
    }
    return channels;
  }

  @Override
  public void identify(Copied.Identity copied) {
    identity = copied;
    Bucket home = storage.home();
    String signing = home.keys().signing();
    Import commands = commands();
    if (!copied.secrets().isEmpty()) {
      String secrets = copied.secrets().stream()
          .map(secret -> HexFormat.of().formatHex(secret.bytes()) + ":" + secret.replacedAt())
          .collect(Collectors.joining(","));
      commands.add(home, signing, "HSET", signing, "keys", secrets);
    }
    if (copied.grants() != null) {
      commands.add(home, signing, "HSET", signing, "grants", copied.grants());
    }
    for (Copied.Proxy proxy : copied.proxies()) {
      for (Bucket bucket : storage.buckets().all()) {
        commands.add(
            bucket,
            bucket.keys().proxies(),
            "HSET",
            bucket.keys().proxies(),
            proxy.name() + "\nepoch",
            proxy.isCurrent() ? String.valueOf(copied.epoch()) : "",
            proxy.name() + "\nowes",
            proxy.isToRecover() ? "1" : "0",
            proxy.name() + "\ndone",
            RedisLedger.NOBODY);
      }
    }
    commands.send();
  }

  @Override
  public void writeKeys(List<Copied.Key> some) {
    long now = storage.clock().millis();
    Import commands = commands();
    for (Copied.Key key : some) {
      long left = key.at() + Periods.IDEMPOTENCY_MEMORY.toMillis() - now;
      if (left > 0) {
        Bucket bucket = storage.buckets().of(key.channel());
        String name = bucket.keys().idempotency(key.channel(), key.key());
        commands.add(bucket, name, "SET", name, text(key.id()), "PX", text(left));
      }
    }
    commands.send();
  }

  @Override
  public void writeCursors(List<Copied.Cursor> cursors) {
    Import commands = commands();
    for (Copied.Cursor cursor : cursors) {
      Bucket bucket = storage.buckets().of(cursor.channel());
      String name = bucket.keys().cursors(cursor.proxy());
      commands.add(bucket, name, "HSET", name, cursor.channel(), text(cursor.upTo()));
    }
    commands.send();
  }

  @Override
  public void writeRevocations(List<Revocation> revocations) {
    Bucket home = storage.home();
    Keys keys = home.keys();
    Import commands = commands();
    for (Revocation one : revocations) {
      String entry = one.user() + "\n" + one.channel();
      String until = text(one.until().toEpochMilli());
      commands.add(home, keys.revokedUntil(), "ZADD", keys.revokedUntil(), until, entry);
      commands.add(
          home, keys.revocationChanges(), "ZADD", keys.revocationChanges(), text(++changes), entry);
    }
    commands.send();
  }

  @Override
  public String finish() {
    Copied.Identity copied = identity;
    String epoch = copied == null || copied.epoch() == null ? own : copied.epoch();
    Import others = commands();
    for (Bucket bucket : storage.buckets().all()) {
      if (copied != null && !copied.proxies().isEmpty()) {
        storage.scan(bucket.keys().last(), lasts -> lacking(bucket, copied.proxies(), lasts));
      }
      if (bucket != storage.home()) {
        String meta = bucket.keys().meta();
        others
            .add(bucket, meta, "HSET", meta, "epoch", epoch)
            .add(bucket, meta, "HDEL", meta, RedisStorage.COPY);
      }
    }
    others.send();
    // Until then it stays unfinished: a replica that takes over without it opens for no process.
    storage.link().awaitReplicas(REPLICA_ROUNDS);
    String meta = storage.home().keys().meta();
    commands()
        .add(storage.home(), meta, "HSET", meta, "epoch", epoch, "revocation", text(changes))
        .add(storage.home(), meta, "HDEL", meta, RedisStorage.COPY)
        .send();
    // A replica that takes over without this would keep a complete copy closed.
    storage.link().awaitReplicas(REPLICA_ROUNDS);
    return epoch;
  }

  /** Tells relays what a proxy lacks of these channels: an entry of the log for each. */
  private void lacking(Bucket bucket, List<Copied.Proxy> proxies, Map<String, String> lasts) {
    if (lasts.isEmpty()) {
      return;
    }
    String[] names = lasts.keySet().toArray(String[]::new);
    Map<String, Long> confirmed = new HashMap<>();
    for (Copied.Proxy proxy : proxies) {
      storage
          .link()
          .ask(commands -> commands.hmget(bucket.keys().cursors(proxy.name()), names))
          .forEach(value -> confirmed.merge(
              value.getKey(), Long.parseLong(value.getValueOrElse("0")), Math::min));
    }
    Map<String, Long> lacks = new HashMap<>();
    lasts.forEach((name, last) -> {
      if (confirmed.getOrDefault(name, 0L) < Long.parseLong(last)) {
        lacks.put(name, Long.parseLong(last));
      }
    });
    Map<String, Long> times = events.times(lacks);
    String log = bucket.keys().log();
    Import commands = commands();
    lacks.forEach((name, last) -> {
      String moved = name + "\n" + (confirmed.getOrDefault(name, 0L) + 1) + "\n" + last;
      long at = times.getOrDefault(name, storage.clock().millis());
      commands.add(
          bucket, log, "XADD", log, "*", "w", token + ":0", "m", moved, "r", "", "a", text(at));
    });
    commands.send();
  }

  private static String text(long number) {
    return String.valueOf(number);
  }

  @Override
  public void close() {
    storage.close();
  }
}
