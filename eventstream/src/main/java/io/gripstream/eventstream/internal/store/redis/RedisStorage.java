package io.gripstream.eventstream.internal.store.redis;

import io.gripstream.eventstream.internal.store.copy.Unfinished;
import io.gripstream.eventstream.internal.store.core.DatabaseClock;
import io.gripstream.eventstream.internal.store.core.RandomEpoch;
import io.gripstream.eventstream.internal.store.core.ReplacedStorage;
import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A storage in Redis: its buckets, its identity, and operations on all buckets. Each script does
 * nothing unless the storage is the opened one and has the newest entry of the bucket's log that
 * this process knows. Otherwise a server that restarted without its data, or a replica that took
 * over without the last writes, would give ids a second time.
 *
 * <p>The epoch of the home bucket is that of the storage. It is renewed there first; the others
 * follow.
 */
final class RedisStorage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisStorage.class);
  private static final int SCANNED_AT_ONCE = 500;
  private static final int KEYS_SCANNED_AT_ONCE = 1_000;

  /** The field of each bucket's hash that says which copy into it is under way. */
  static final String COPY = "copy";

  /** Time in which other processes can object that a server lacks entries that they know. */
  static final Duration OBJECTION = Duration.ofSeconds(1);

  /** The same on a Cluster, where processes first have to notice that a slot is at another node. */
  private static final Duration MOVED = Duration.ofSeconds(5);

  private static final Duration LOOKS = Duration.ofMillis(200);

  private final RedisAddress address;
  private final StoreOptions options;
  private final ServerSettings settings;
  private final Clock clock;
  private final String self;
  private volatile Link link;
  private volatile Buckets buckets;
  private volatile String epoch = "";

  RedisStorage(RedisAddress address, StoreOptions options) {
    this.address = address;
    this.options = options;
    this.clock = options.clock().equals(Clock.systemUTC())
        ? new DatabaseClock(options.clock())
        : options.clock();
    Durability durability = address.isRelaxed() ? Durability.RELAXED : options.durability();
    this.settings = new ServerSettings(address, durability);
    byte[] name = new byte[6];
    new SecureRandom().nextBytes(name);
    this.self = HexFormat.of().formatHex(name);
    this.link = Link.to(address, options.busyTimeout());
    this.buckets = bucketsOf(link);
  }

  private Buckets bucketsOf(Link to) {
    return to.isCluster() ? Buckets.ofCluster(this::bucket) : Buckets.ofServer(this::bucket);
  }

  private Bucket bucket(String tag) {
    return new Bucket(this, new Keys(options.tablePrefix(), tag, address.database()));
  }

  Buckets buckets() {
    return buckets;
  }

  /** The bucket of data that belongs to no channel. */
  Bucket home() {
    return buckets.home();
  }

  Link link() {
    return link;
  }

  Clock clock() {
    return clock;
  }

  /** A name that no other process has. */
  String self() {
    return self;
  }

  String epoch() {
    return epoch;
  }

  /**
   * Connects and makes the storage if there is none; returns its epoch. Blocks. If it fails, no
   * connection is left, and it may be called again.
   */
  String open() {
    orDisconnect(() -> {
      connect();
      requireFinished();
      openConnected();
    });
    return epoch;
  }

  /** Runs a step of the opening. If it fails, no connection is left. */
  void orDisconnect(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      // A connection of an ended attempt would be replaced again and again.
      link.close();
      link = Link.to(address, options.busyTimeout());
      buckets = bucketsOf(link);
      throw e;
    }
  }

  /** As {@link #open}, but makes none. */
  String openExisting() {
    connect();
    if (!link.ask(commands -> commands.hexists(home().keys().meta(), "epoch"))) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "there is no storage of Gripstream in " + address + " (with this table_prefix)",
          null);
    }
    requireFinished();
    return openConnected();
  }

  /** As {@link #open}, also while something is copied into it. */
  String openUnfinished() {
    connect();
    String opened = openConnected();
    // The copy may remove these.
    buckets.all().forEach(Bucket::forget);
    return opened;
  }

  private void requireFinished() {
    if (isUnfinished()) {
      throw Unfinished.failure();
    }
  }

  /** Whether a copy into it is running, or stopped early. Blocks. */
  boolean isUnfinished() {
    return link.ask(commands -> commands.hexists(home().keys().meta(), COPY));
  }

  private String openConnected() {
    adjustClock();
    Map<Bucket, Opened> opened = opened();
    // Other processes know the last entries, and object within this time.
    long until = System.nanoTime() + (link.isCluster() ? MOVED : OBJECTION).toNanos();
    while (mayLack(opened) && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOKS.toNanos());
      opened = opened();
    }
    if (mayLack(opened)) {
      LOG.warn("Redis was restarted or replaced since its last use, and may lack the last events:"
          + " clients get stream-reset");
      link.await(renewLater(homeOf(opened).epoch));
      opened = opened();
    }
    epoch = homeOf(opened).epoch;
    opened.forEach((bucket, found) -> bucket.seen(new Entry(found.newest, found.token)));
    if (homeOf(opened).isMade) {
      // The storage is new: these servers cannot lack events.
      link.nodes()
          .forEach(node ->
              link.ask(node.commands(), commands -> commands.scriptLoad(Script.APPEND.body())));
    }
    return epoch;
  }

  /** Connects to the server, or to its Cluster if it is a node of one. */
  private void connect() {
    link.connect();
    if (!link.isCluster() && ServerSettings.isOfCluster(link)) {
      address.requireForCluster();
      link.close();
      link = new ClusterLink(address, options.busyTimeout());
      buckets = bucketsOf(link);
      link.connect();
    }
    settings.check(link);
  }

  /** The state of a bucket. */
  private record Opened(
      String epoch, boolean isMade, String life, String newest, String token, boolean isWhole) {}

  /** Reads the state of all buckets, after each has the storage's epoch. */
  private Map<Bucket, Opened> opened() {
    Opened first = link.await(opened(home(), RandomEpoch.make()));
    // If the storage was complete before, a bucket without an epoch has lost its data.
    String epochOfNew = first.isWhole ? "" : first.epoch;
    Map<Bucket, CompletableFuture<Opened>> asked = new LinkedHashMap<>();
    for (Bucket bucket : buckets.all()) {
      asked.put(
          bucket,
          bucket == home() ? CompletableFuture.completedFuture(first) : opened(bucket, epochOfNew));
    }
    link.await(CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new)));
    Map<Bucket, Opened> opened = new LinkedHashMap<>();
    asked.forEach((bucket, answer) -> opened.put(bucket, link.await(answer)));
    if (opened.values().stream().anyMatch(found -> found.epoch.isEmpty())) {
      LOG.warn("A node of the Redis Cluster lost its data: clients get stream-reset");
      link.await(renewLater(first.epoch));
      return opened();
    }
    if (opened.values().stream().anyMatch(found -> !found.epoch.equals(first.epoch))) {
      // Another process ended while it renewed the epoch.
      link.await(follow(first.epoch));
      return opened();
    }
    if (!first.isWhole) {
      link.ask(commands -> commands.hset(home().keys().meta(), "whole", "1"));
    }
    return opened;
  }

  private Opened homeOf(Map<Bucket, Opened> opened) {
    return Objects.requireNonNull(opened.get(home()));
  }

  private CompletableFuture<Opened> opened(Bucket bucket, String epochOfNew) {
    return bucket
        .bare(
            Script.OPEN,
            List.of(epochOfNew, settings.life(link, bucket), "" + buckets.all().size()))
        .thenApply(answer -> {
          if (!text(answer, 6).equals("" + buckets.all().size())) {
            throw new StoreException(
                StoreException.Kind.UNAVAILABLE,
                address + " has the events of a storage that was made "
                    + (link.isCluster() ? "on a single server" : "on a Cluster")
                    + ": open it as that, or choose another table prefix",
                null);
          }
          return new Opened(
              text(answer, 1),
              text(answer, 2).equals("1"),
              text(answer, 3),
              text(answer, 4),
              text(answer, 5),
              text(answer, 7).equals("1"));
        });
  }

  private boolean mayLack(Map<Bucket, Opened> opened) {
    return opened.entrySet().stream()
        .anyMatch(entry -> !entry.getValue().isMade
            && settings.mayHaveLost(link, entry.getKey(), entry.getValue().life));
  }

  /** Connects, and gives the storage a new identity; returns it. Blocks. */
  String renewEpoch() {
    connect();
    requireFinished();
    return link.await(renewLater(""));
  }

  /**
   * Gives the storage a new epoch; the future has the final epoch. Does not block.
   *
   * @param ended renew only if this is still the epoch; empty: always
   */
  private CompletableFuture<String> renewLater(String ended) {
    return home()
        .bare(Script.RENEW, List.of(ended, RandomEpoch.make(), settings.life(link, home())))
        .thenCompose(answer -> follow(text(answer, 1)));
  }

  /** Gives all other buckets this epoch, or a later one if it was renewed meanwhile. */
  private CompletableFuture<String> follow(String renewed) {
    List<CompletableFuture<List<Object>>> all = buckets.all().stream()
        .filter(bucket -> bucket != home())
        .map(bucket -> bucket.bare(Script.RENEW, List.of("", renewed, settings.life(link, bucket))))
        .toList();
    if (all.isEmpty()) {
      return CompletableFuture.completedFuture(renewed);
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenCompose(done -> link.commands().hget(home().keys().meta(), "epoch"))
        .thenCompose(now -> now == null || now.equals(renewed)
            ? CompletableFuture.completedFuture(renewed)
            : follow(now));
  }

  /** Whether another store listens to wake-ups. Blocks. */
  boolean isInUse() {
    connect();
    return link.listeners(home().keys().news()) > 0;
  }

  List<String> remarks() {
    return settings.remarks();
  }

  /**
   * Notes that the current servers have all entries that this process knows, and writes the padding
   * to each bucket. Blocks.
   */
  void vouch(String padding) {
    settings.askLives(link);
    List<CompletableFuture<List<Object>>> all = buckets.all().stream()
        .map(bucket ->
            bucket.askLater(Script.VOUCH, List.of(), List.of(settings.life(link, bucket), padding)))
        .toList();
    link.await(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
  }

  /**
   * Runs the task for each bucket. A server that fails is left out for the rest of the round.
   *
   * @throws StoreException at the end, if a server failed
   */
  void each(Consumer<Bucket> task) {
    Map<String, StoreException> failed = new LinkedHashMap<>();
    for (Bucket bucket : buckets.all()) {
      String place = link.placeOf(bucket.keys().meta());
      if (!failed.containsKey(place)) {
        try {
          task.accept(bucket);
        } catch (StoreException e) {
          failed.put(place, e);
        }
      }
    }
    if (!failed.isEmpty()) {
      throw failed.values().iterator().next();
    }
  }

  void adjustClock() {
    if (clock instanceof DatabaseClock shared) {
      shared.adjust(this::serverMillis);
    }
  }

  private long serverMillis() {
    List<String> time =
        link.ask(link.nodeOf(home().keys().meta()).commands(), commands -> commands.time());
    return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
  }

  /** @throws StoreException if the storage is not the one that was opened */
  List<Object> checked(List<Object> answer) {
    String verdict = text(answer, 0);
    if (verdict.equals("EPOCH")) {
      throw ReplacedStorage.failure(epoch, text(answer, 1));
    }
    if (verdict.equals("LOST")) {
      renewLater(epoch).exceptionally(failure -> {
        LOG.debug("Could not renew the epoch; the next call tries again", failure);
        return "";
      });
      throw ReplacedStorage.failure(
          "Redis lacks events that it had acknowledged: it was restarted without them, or a replica"
              + " without them took over. Clients get stream-reset");
    }
    return answer;
  }

  /** Tells all keys of this storage that begin so in their bucket, a page at a time. Blocks. */
  void scanKeys(Function<Keys, String> beginning, BiConsumer<Bucket, List<String>> page) {
    Map<String, Bucket> byBeginning = new HashMap<>();
    buckets.all().forEach(bucket -> byBeginning.put(bucket.keys().prefix(), bucket));
    ScanArgs all =
        ScanArgs.Builder.matches(Keys.pattern(options.tablePrefix())).limit(KEYS_SCANNED_AT_ONCE);
    for (Link.Node node : link.nodes()) {
      ScanCursor cursor = ScanCursor.INITIAL;
      do {
        ScanCursor from = cursor;
        KeyScanCursor<String> found =
            link.ask(node.commands(), commands -> commands.scan(from, all));
        Map<Bucket, List<String>> byBucket = new LinkedHashMap<>();
        for (String name : found.getKeys()) {
          Bucket bucket = byBeginning.get(name.substring(0, name.indexOf("}:") + 2));
          if (bucket != null && name.startsWith(beginning.apply(bucket.keys()))) {
            byBucket.computeIfAbsent(bucket, one -> new ArrayList<>()).add(name);
          }
        }
        byBucket.forEach(page);
        cursor = found;
      } while (!cursor.isFinished());
    }
  }

  /** Passes on all fields of a hash, a page at a time. Blocks. */
  void scan(String key, Consumer<Map<String, String>> page) {
    scanWhile(key, fields -> {
      page.accept(fields);
      return true;
    });
  }

  /** As {@link #scan}, while the pages are wanted. */
  void scanWhile(String key, Predicate<Map<String, String>> page) {
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      ScanCursor from = cursor;
      MapScanCursor<String, String> found =
          link.ask(commands -> commands.hscan(key, from, ScanArgs.Builder.limit(SCANNED_AT_ONCE)));
      if (!page.test(found.getMap())) {
        return;
      }
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
