package io.gripstream.app.server;

import io.gripstream.app.api.Revoking;
import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.Revocations.Revocation;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Outage;
import io.gripstream.grip.internal.Threads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revocations in force, at most a second old. Every instance reads changes from the storage itself,
 * and ends its own streams. So no message between instances can be lost. Thread-safe.
 */
final class CurrentRevocations implements Revoking, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CurrentRevocations.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** After this time lifted entries may be missing from the changes, so all are read again. */
  private static final Duration TOO_OLD = Revocations.CHANGES_KEPT.dividedBy(2);

  private static final Duration CLEAR_EVERY = Duration.ofMinutes(1);

  private final Revocations store;
  private final Clock clock;
  private final ScheduledExecutorService reader;

  /** End of each revocation, by user and by channel or pattern. Changed by one thread at a time. */
  private final Map<String, Map<String, Instant>> byUser = new ConcurrentHashMap<>();

  private volatile Consumer<Entry> whenNew = entry -> {};

  // Used by the reading thread only, once it reads.
  private long upTo;
  private Instant readAt = Instant.MIN;
  private Instant clearedAt = Instant.MIN;
  private final Outage outage = new Outage();

  /** @param store used from {@link #start} on */
  CurrentRevocations(Revocations store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.reader = Threads.loop("gripstream-revocations");
  }

  /**
   * Reads them once, so that they are known before the first request. The storage must be open.
   * Blocks.
   *
   * @throws StoreException if they cannot be read
   */
  void open() {
    changes();
  }

  /**
   * Continues to read.
   *
   * @param whenNew receives every entry once, on a thread that may block
   */
  void start(Consumer<Entry> whenNew) {
    this.whenNew = whenNew;
    reader.scheduleWithFixedDelay(
        this::read, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean isRevoked(@Nullable String user, String channel) {
    return isShut(user, shut -> ChannelPattern.matches(shut, channel));
  }

  @Override
  public boolean isRevoked(@Nullable String user) {
    return isShut(user, shut -> shut.equals(ChannelPattern.ALL.text()));
  }

  private boolean isShut(@Nullable String user, Predicate<String> from) {
    Map<String, Instant> entries = user == null ? null : byUser.get(user);
    if (entries == null) {
      return false;
    }
    Instant now = clock.instant();
    return entries.entrySet().stream()
        .anyMatch(entry -> entry.getValue().isAfter(now) && from.test(entry.getKey()));
  }

  @Override
  public void revoke(String user, String channel, Instant until) {
    store.revoke(user, channel, until);
    readNow();
  }

  @Override
  public void lift(String user, String channel) {
    store.lift(user, channel);
    readNow();
  }

  @Override
  public List<Entry> list(@Nullable String user, int most) {
    return store.active(user, most).stream()
        .map(entry -> new Entry(entry.user(), entry.channel(), entry.until()))
        .toList();
  }

  private void readNow() {
    CompletableFuture.runAsync(this::read, reader).join();
  }

  /** On the reader's thread only. */
  private void read() {
    try {
      List<Entry> fresh = changes();
      if (outage.ends()) {
        LOG.info("Revocations are read again");
      }
      fresh.forEach(this::tell);
    } catch (StoreException e) {
      if (outage.begins()) {
        LOG.warn("Cannot read revocations; known revocations stay in force: {}", e.getMessage());
      }
    } catch (RuntimeException e) {
      LOG.error("Cannot read revocations; known revocations stay in force", e);
    }
  }

  /** Applies changes; returns the new revocations. */
  private List<Entry> changes() {
    Instant now = clock.instant();
    boolean isAll = upTo == 0 || readAt.plus(TOO_OLD).isBefore(now);
    Revocations.Changes changes = store.changes(isAll ? 0 : upTo);
    if (changes.upTo() < upTo) {
      // The storage was replaced, or restored from a backup.
      isAll = true;
      changes = store.changes(0);
    }
    Map<String, Map<String, Instant>> before = isAll ? Map.copyOf(byUser) : byUser;
    List<Entry> fresh = new ArrayList<>();
    for (Revocation entry : changes.entries()) {
      Instant known = before.getOrDefault(entry.user(), Map.of()).get(entry.channel());
      // An expired and renewed one is new: the user may have returned.
      if (entry.until().isAfter(now) && (known == null || !known.isAfter(now))) {
        fresh.add(new Entry(entry.user(), entry.channel(), entry.until()));
      }
    }
    if (isAll) {
      Map<String, Map<String, Instant>> all = new HashMap<>();
      changes.entries().forEach(entry -> put(all, entry, now));
      byUser.putAll(all);
      byUser.keySet().retainAll(all.keySet());
    } else {
      changes.entries().forEach(entry -> put(byUser, entry, now));
    }
    if (clearedAt.plus(CLEAR_EVERY).isBefore(now)) {
      clearedAt = now;
      byUser
          .values()
          .removeIf(entries -> entries.values().stream().noneMatch(until -> until.isAfter(now)));
    }
    upTo = changes.upTo();
    readAt = now;
    return fresh;
  }

  private static void put(
      Map<String, Map<String, Instant>> entries, Revocation entry, Instant now) {
    Map<String, Instant> ofUser = new HashMap<>(entries.getOrDefault(entry.user(), Map.of()));
    ofUser.put(entry.channel(), entry.until());
    ofUser.values().removeIf(until -> !until.isAfter(now));
    if (ofUser.isEmpty()) {
      entries.remove(entry.user());
    } else {
      entries.put(entry.user(), Map.copyOf(ofUser));
    }
  }

  /** A failure with one entry must not keep the streams of others open. */
  private void tell(Entry entry) {
    try {
      whenNew.accept(entry);
    } catch (RuntimeException e) {
      LOG.error("Streams of a revoked user may stay open until they reconnect", e);
    }
  }

  @Override
  public void close() {
    reader.shutdownNow();
  }
}
