package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.Confirmations;
import io.gripstream.eventstream.internal.store.core.GrantRules;
import io.gripstream.eventstream.store.ProxyLedger;
import io.lettuce.core.KeyValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The ledger: in each bucket a hash of cursors per proxy, and per proxy the last log entry that it
 * has finished. So the cost of finding missing events depends on recent events, not on the number
 * of channels. The log is kept for two minutes: a proxy that has not finished a removed entry owes
 * a recovery.
 */
final class RedisLedger implements ProxyLedger {
  private static final int CURSORS_PER_WRITE = 500;
  private static final int MOST_ENTRIES = 10_000;
  private static final int FIELDS = 4;

  /**
   * Number of values before the entries in the script's answer: its verdict, the proxy's last
   * finished entry, and whether later ones were removed.
   */
  private static final int BEFORE_ENTRIES = 3;

  /** Done with no entry of the log. */
  static final String NOBODY = "0-0";

  private final RedisStorage storage;
  private final Confirmations confirmations = new Confirmations();

  RedisLedger(RedisStorage storage) {
    this.storage = storage;
  }

  @Override
  public void register(Collection<String> proxies) {
    for (String proxy : proxies) {
      Map<Bucket, CompletableFuture<List<Object>>> asked =
          ofAll(bucket -> register(bucket, proxy, "", ""));
      asked.forEach((bucket, answer) -> {
        if (RedisStorage.text(answer.join(), 1).equals("0")) {
          storage.scan(bucket.keys().last(), page -> move(bucket, proxy, page, false));
          storage.link().await(register(bucket, proxy, "new", RedisStorage.text(answer.join(), 2)));
        }
      });
    }
  }

  private CompletableFuture<List<Object>> register(
      Bucket bucket, String proxy, String made, String done) {
    Keys keys = bucket.keys();
    return bucket.askLater(
        Script.REGISTER,
        List.of(keys.proxies(), keys.last(), keys.cursors(proxy)),
        List.of(proxy, made, done));
  }

  /** Asks all buckets at once, and waits for all answers. */
  private <T> Map<Bucket, CompletableFuture<T>> ofAll(
      Function<Bucket, CompletableFuture<T>> question) {
    Map<Bucket, CompletableFuture<T>> asked = new LinkedHashMap<>();
    for (Bucket bucket : storage.buckets().all()) {
      asked.put(bucket, question.apply(bucket));
    }
    storage.link().await(CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new)));
    return asked;
  }

  /** Moves cursors forward. */
  private void move(Bucket bucket, String proxy, Map<String, String> ids, boolean owes) {
    List<String> arguments = new ArrayList<>(2 + 2 * ids.size());
    arguments.add(proxy);
    arguments.add(owes ? "1" : "0");
    ids.forEach((channel, id) -> {
      arguments.add(channel);
      arguments.add(id);
    });
    bucket.ask(
        Script.CURSORS, List.of(bucket.keys().proxies(), bucket.keys().cursors(proxy)), arguments);
  }

  @Override
  public void confirm(String proxy, String channel, long first, long last) {
    Confirmations.checkRange(first, last);
    confirmations.add(
        new Confirmations.Cursor(proxy, channel), first, last, storage.clock().millis());
  }

  /** Writes the confirmations. Blocks. */
  void flush() {
    Map<Bucket, Map<String, List<Confirmations.Cursor>>> byBucket = new HashMap<>();
    for (Confirmations.Cursor cursor : confirmations.cursors(storage.clock().millis())) {
      byBucket
          .computeIfAbsent(storage.buckets().of(cursor.channel()), bucket -> new LinkedHashMap<>())
          .computeIfAbsent(cursor.proxy(), proxy -> new ArrayList<>())
          .add(cursor);
    }
    storage.each(bucket -> byBucket.getOrDefault(bucket, Map.of()).forEach((proxy, cursors) -> {
      if (storage.link().await(value(bucket, proxy, "epoch")).isEmpty()) {
        return;
      }
      for (int i = 0; i < cursors.size(); i += CURSORS_PER_WRITE) {
        flush(bucket, proxy, cursors.subList(i, Math.min(cursors.size(), i + CURSORS_PER_WRITE)));
      }
    }));
  }

  private void flush(Bucket bucket, String proxy, List<Confirmations.Cursor> cursors) {
    Map<String, Long> known = cursors(
        bucket, proxy, cursors.stream().map(Confirmations.Cursor::channel).toList());
    Map<String, String> moved = new LinkedHashMap<>();
    Map<Confirmations.Cursor, Long> reached = new LinkedHashMap<>();
    for (Confirmations.Cursor cursor : cursors) {
      long before = known.getOrDefault(cursor.channel(), 0L);
      long now = confirmations.advanced(cursor, before);
      reached.put(cursor, now);
      if (now > before) {
        moved.put(cursor.channel(), String.valueOf(now));
      }
    }
    if (!moved.isEmpty()) {
      move(bucket, proxy, moved, false);
    }
    reached.forEach(confirmations::written);
  }

  private Map<String, Long> cursors(Bucket bucket, String proxy, Collection<String> channels) {
    if (channels.isEmpty()) {
      return Map.of();
    }
    List<KeyValue<String, String>> values = storage
        .link()
        .ask(commands ->
            commands.hmget(bucket.keys().cursors(proxy), channels.toArray(String[]::new)));
    Map<String, Long> cursors = new HashMap<>();
    for (KeyValue<String, String> value : values) {
      cursors.put(value.getKey(), Long.parseLong(value.getValueOrElse("0")));
    }
    return cursors;
  }

  /** A stored value of a proxy; empty if there is none. Does not wait. */
  private CompletableFuture<String> value(Bucket bucket, String proxy, String name) {
    return storage
        .link()
        .commands()
        .hget(bucket.keys().proxies(), proxy + "\n" + name)
        .toCompletableFuture()
        .thenApply(text -> Objects.requireNonNullElse(text, ""));
  }

  /** The parts of a log entry that this class needs. */
  private record Batch(String id, Map<String, Long> reached, long at) {}

  @Override
  public List<Backlog> backlog(String proxy, Duration age, int limit) {
    List<Backlog> backlog = new ArrayList<>();
    ofAll(bucket -> bucket.askLater(
            Script.BACKLOG,
            List.of(bucket.keys().proxies()),
            List.of(proxy, String.valueOf(MOST_ENTRIES))))
        .forEach((bucket, answer) ->
            add(bucket, proxy, answer.join(), age, limit - backlog.size(), backlog));
    return backlog;
  }

  private void add(
      Bucket bucket,
      String proxy,
      List<Object> answer,
      Duration age,
      int limit,
      List<Backlog> backlog) {
    String done = RedisStorage.text(answer, 1);
    boolean isTrimmed = !done.equals(NOBODY) && RedisStorage.text(answer, 2).equals("1");
    if (done.isEmpty() || (answer.size() == BEFORE_ENTRIES && !isTrimmed)) {
      return;
    }
    List<Batch> batches = batches(answer);
    long oldEnough = storage.clock().millis() - age.toMillis();
    Map<String, Long> reached = new LinkedHashMap<>();
    for (Batch batch : batches) {
      if (batch.at <= oldEnough) {
        batch.reached.forEach((channel, last) -> reached.merge(channel, last, Math::max));
      }
    }
    Map<String, Long> cursors = cursors(bucket, proxy, reached.keySet());
    Map<String, Long> lacking = new LinkedHashMap<>();
    reached.forEach((channel, last) -> {
      long confirmed = cursors.getOrDefault(channel, 0L);
      if (confirmed < last && lacking.size() < limit) {
        lacking.put(channel, confirmed);
      }
    });
    if (!lacking.isEmpty()) {
      new Reads(storage)
          .heads(lacking.keySet())
          .forEach((channel, head) -> reached.merge(channel, head.last(), Math::max));
    }
    lacking.forEach((channel, confirmed) ->
        backlog.add(new Backlog(channel, confirmed, reached.getOrDefault(channel, 0L))));
    finish(bucket, proxy, done, batches, cursors, oldEnough, isTrimmed);
  }

  private void finish(
      Bucket bucket,
      String proxy,
      String from,
      List<Batch> batches,
      Map<String, Long> cursors,
      long oldEnough,
      boolean isTrimmed) {
    String done = from;
    for (Batch batch : batches) {
      if (batch.at > oldEnough || !isConfirmed(batch, cursors)) {
        break;
      }
      done = batch.id;
    }
    if (!done.equals(from) || isTrimmed) {
      String first = batches.isEmpty() ? done : before(batches.get(0).id);
      bucket.ask(
          Script.DONE,
          List.of(bucket.keys().proxies()),
          List.of(proxy, done.equals(from) ? first : done, isTrimmed ? "1" : "0"));
    }
  }

  /** The largest possible id of a log entry before this one. */
  private static String before(String id) {
    int dash = id.indexOf('-');
    long number = Long.parseLong(id.substring(dash + 1));
    return number > 0
        ? id.substring(0, dash + 1) + (number - 1)
        : Long.parseLong(id.substring(0, dash)) - 1 + "-" + Long.MAX_VALUE;
  }

  private static boolean isConfirmed(Batch batch, Map<String, Long> cursors) {
    return batch.reached.entrySet().stream()
        .allMatch(entry -> cursors.getOrDefault(entry.getKey(), 0L) >= entry.getValue());
  }

  private static List<Batch> batches(List<Object> answer) {
    List<Batch> batches = new ArrayList<>();
    for (int i = BEFORE_ENTRIES; i < answer.size(); i += FIELDS) {
      String[] ranges = RedisStorage.text(answer, i + 2).split("\n", -1);
      Map<String, Long> reached = new LinkedHashMap<>();
      for (int n = 0; n + 2 < ranges.length; n += 3) {
        reached.put(ranges[n], Long.parseLong(ranges[n + 2]));
      }
      batches.add(new Batch(
          RedisStorage.text(answer, i), reached, Long.parseLong(RedisStorage.text(answer, i + 3))));
    }
    return batches;
  }

  @Override
  public void giveUp(String proxy, String channel, long upTo) {
    move(storage.buckets().of(channel), proxy, Map.of(channel, String.valueOf(upTo)), true);
  }

  @Override
  public void granting(String digest) {
    long now = storage.clock().millis();
    Keys keys = storage.home().keys();
    while (true) {
      String read = storage.link().ask(commands -> commands.hget(keys.signing(), "grants"));
      GrantRules rules = GrantRules.after(GrantRules.parse(read), digest, now);
      List<Object> answer = storage
          .home()
          .ask(
              Script.SWAP,
              List.of(keys.signing()),
              List.of("grants", Objects.requireNonNullElse(read, ""), rules.toString()));
      if (RedisStorage.text(answer, 1).equals("1")) {
        if (rules.areNew(now)) {
          storage.link().await(owe(storage.home(), "", true));
        }
        return;
      }
    }
  }

  private CompletableFuture<List<Object>> owe(Bucket bucket, String proxy, boolean owes) {
    return bucket.askLater(
        Script.OWE, List.of(bucket.keys().proxies()), List.of(proxy, owes ? "1" : "0"));
  }

  /** True if it owes a recovery for the channels of any bucket. */
  @Override
  public boolean owesRecovery(String proxy) {
    return ofAll(bucket -> value(bucket, proxy, "owes")).values().stream()
        .anyMatch(answer -> "1".equals(answer.join()));
  }

  @Override
  public void recovered(String proxy) {
    ofAll(bucket -> owe(bucket, proxy, false));
  }

  @Override
  public boolean lease(String task, Duration time) {
    Bucket home = storage.home();
    List<Object> answer = home.ask(
        Script.LEASE,
        List.of(home.keys().lease(task)),
        List.of(storage.self(), String.valueOf(time.toMillis())));
    return RedisStorage.text(answer, 1).equals("1");
  }
}
