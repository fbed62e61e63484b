package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.core.DatabaseClock;
import io.gripstream.eventstream.internal.store.core.RandomEpoch;
import io.gripstream.eventstream.internal.store.core.ReplacedStorage;
import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A storage in Redis: its keys, its identity, and scripts that run on it. Each script does nothing
 * unless the storage is the one that was opened and has the newest entry of the log that is known
 * here: a server that restarted without its data, or a replica that took over without the last
 * writes, would give ids a second time.
 */
final class RedisStorage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisStorage.class);
  private static final int SCANNED_AT_ONCE = 500;

  /** How long other processes have to say that a server lacks what they know. */
  static final Duration OBJECTION = Duration.ofSeconds(1);

  private final RedisConnection link;
  private final Keys keys;
  private final ServerSettings settings;
  private final Clock clock;
  private final String self;
  private volatile String epoch = "";
  private volatile Entry newest = Entry.NONE;

  RedisStorage(RedisAddress address, StoreOptions options) {
    this.link = new RedisConnection(address, options.busyTimeout());
    this.keys = new Keys(options.tablePrefix());
    this.clock = options.clock().equals(Clock.systemUTC())
        ? new DatabaseClock(options.clock())
        : options.clock();
    Durability durability = address.isRelaxed() ? Durability.RELAXED : options.durability();
    this.settings = new ServerSettings(address, durability);
    byte[] name = new byte[6];
    new SecureRandom().nextBytes(name);
    this.self = HexFormat.of().formatHex(name);
  }

  Keys keys() {
    return keys;
  }

  RedisConnection link() {
    return link;
  }

  Clock clock() {
    return clock;
  }

  /** A name that no other process has. */
  String self() {
    return self;
  }

  /** The newest entry of the log that is known here. */
  Entry newest() {
    return newest;
  }

  /** There is this entry. */
  synchronized void seen(Entry entry) {
    if (entry.isLaterThan(newest)) {
      newest = entry;
    }
  }

  /** Connects and makes the storage if there is none; returns its epoch. Blocks. */
  String open() {
    link.connect();
    settings.check(link);
    adjustClock();
    Opened opened = opened();
    if (!opened.isMade && settings.mayHaveLost(opened.life)) {
      // Other processes know what was stored last, and say so within this time.
      LockSupport.parkNanos(OBJECTION.toNanos());
      opened = opened();
      if (settings.mayHaveLost(opened.life)) {
        LOG.warn("Redis was started again or exchanged since it was used last, and may lack the"
            + " last events: clients are told stream-reset");
        renew(opened.epoch);
        opened = opened();
      }
    }
    epoch = opened.epoch;
    seen(new Entry(opened.newest, opened.token));
    if (opened.isMade) {
      // There is nothing yet that this server could lack.
      link.ask(commands -> commands.scriptLoad(Script.APPEND.body()));
    }
    return epoch;
  }

  private record Opened(String epoch, boolean isMade, String life, String newest, String token) {}

  private Opened opened() {
    List<Object> answer = link.await(link.run(
        Script.OPEN,
        true,
        List.of(keys.meta(), keys.log()),
        List.of(RandomEpoch.make(), settings.life())));
    return new Opened(
        text(answer, 1),
        text(answer, 2).equals("1"),
        text(answer, 3),
        text(answer, 4),
        text(answer, 5));
  }

  /** Connects, and gives the storage a new identity; returns it. Blocks. */
  String renewEpoch() {
    link.connect();
    settings.check(link);
    return renew("");
  }

  /** @param ended only if this is still the epoch; empty: whatever it is */
  private String renew(String ended) {
    List<Object> answer = link.await(link.run(
        Script.RENEW,
        true,
        List.of(keys.meta(), keys.log()),
        List.of(ended, RandomEpoch.make(), settings.life())));
    return text(answer, 1);
  }

  /** Whether another store listens to wake-ups. Blocks. */
  boolean isInUse() {
    link.connect();
    Map<String, Long> listeners = link.ask(commands -> commands.pubsubNumsub(keys.news()));
    return listeners.getOrDefault(keys.news(), 0L) > 0;
  }

  List<String> remarks() {
    return settings.remarks();
  }

  /**
   * Says that everything that is known here is on this server, whichever it is now; and writes so
   * much. Blocks.
   */
  void vouch(String padding) {
    settings.askLife(link);
    List<String> arguments = new ArrayList<>(identity());
    arguments.add(settings.life());
    arguments.add(padding);
    checked(link.await(link.run(Script.VOUCH, true, List.of(keys.meta(), keys.log()), arguments)));
  }

  void adjustClock() {
    if (clock instanceof DatabaseClock shared) {
      shared.adjust(this::serverMillis);
    }
  }

  private long serverMillis() {
    List<String> time = link.ask(commands -> commands.time());
    return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
  }

  /** What each script is told first. */
  List<String> identity() {
    Entry known = newest;
    return List.of(epoch, known.id(), known.token());
  }

  /**
   * Runs a script and waits for it.
   *
   * @param named the keys after the two that each script has
   * @param arguments those after {@link #identity}
   */
  List<Object> ask(Script script, List<String> named, List<String> arguments) {
    return link.await(askLater(script, named, arguments));
  }

  /** As {@link #ask}, without waiting. */
  CompletableFuture<List<Object>> askLater(
      Script script, List<String> named, List<String> arguments) {
    List<String> all = new ArrayList<>(named.size() + 2);
    all.add(keys.meta());
    all.add(keys.log());
    all.addAll(named);
    List<String> told = new ArrayList<>(arguments.size() + 3);
    told.addAll(identity());
    told.addAll(arguments);
    return link.run(script, false, all, told)
        .exceptionallyCompose(failure -> RedisFailures.isUnknownScript(RedisFailures.cause(failure))
            ? link.run(script, true, all, told)
            : CompletableFuture.failedFuture(failure))
        .thenApply(this::checked);
  }

  /** @throws StoreException if the storage is not the one that was opened */
  List<Object> checked(List<Object> answer) {
    String verdict = text(answer, 0);
    if (verdict.equals("EPOCH")) {
      throw ReplacedStorage.failure(epoch, text(answer, 1));
    }
    if (verdict.equals("LOST")) {
      String ended = epoch;
      link.run(
          Script.RENEW,
          true,
          List.of(keys.meta(), keys.log()),
          List.of(ended, RandomEpoch.make(), settings.life()));
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "Redis lacks events that it had acknowledged: it was started again without them, or a"
              + " replica took over that did not have them. Clients are told stream-reset; start"
              + " this process again",
          null);
    }
    return answer;
  }

  /** Tells all fields of a hash, a page at a time. Blocks. */
  void scan(String key, Consumer<Map<String, String>> page) {
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      ScanCursor from = cursor;
      MapScanCursor<String, String> found =
          link.ask(commands -> commands.hscan(key, from, ScanArgs.Builder.limit(SCANNED_AT_ONCE)));
      page.accept(found.getMap());
      cursor = found;
    } while (!cursor.isFinished());
  }

  static String text(List<Object> answer, int index) {
    return String.valueOf(answer.get(index));
  }

  static long number(List<Object> answer, int index) {
    return Long.parseLong(text(answer, index));
  }

  @Override
  public void close() {
    link.close();
  }
}
