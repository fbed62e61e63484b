package io.gripstream.app.server;

import io.gripstream.app.api.Revoking;
import io.gripstream.app.auth.ChannelPattern;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.Revocations.Revocation;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revocations in force, at most a second old: every instance reads the storage by itself, and ends
 * its own streams when it sees something new. So no message between instances can be lost.
 * Thread-safe.
 */
final class Revoked implements Revoking, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Revoked.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Revocations store;
  private final Clock clock;
  private final ScheduledExecutorService reader;
  private volatile Map<String, List<Shut>> byUser = Map.of();
  private volatile Consumer<Entry> whenNew = entry -> {};

  // Touched by the reading thread only.
  private boolean isFailing;

  /** @param store used from {@link #start} on */
  Revoked(Revocations store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.reader = Threads.loop("gripstream-revocations");
  }

  /**
   * Reads them once, so that no request is served before they are known. The storage must be open.
   * Blocks.
   *
   * @throws StoreException if they cannot be read
   */
  void open() {
    entries(store.active());
  }

  /**
   * Goes on reading.
   *
   * @param whenNew told every entry, once, on a thread that may block
   */
  void start(Consumer<Entry> whenNew) {
    this.whenNew = whenNew;
    reader.scheduleWithFixedDelay(
        this::read, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean isRevoked(@Nullable String user, String channel) {
    return isShut(user, shut -> ChannelPattern.matches(shut.channel(), channel));
  }

  @Override
  public boolean isRevoked(@Nullable String user) {
    return isShut(user, Shut::isAll);
  }

  private boolean isShut(@Nullable String user, Predicate<Shut> from) {
    List<Shut> entries = user == null ? null : byUser.get(user);
    if (entries == null) {
      return false;
    }
    Instant now = clock.instant();
    return entries.stream().anyMatch(shut -> shut.until().isAfter(now) && from.test(shut));
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
  public List<Entry> list() {
    return store.active().stream()
        .map(entry -> new Entry(entry.user(), entry.channel(), entry.until()))
        .sorted(Comparator.comparing(Entry::user).thenComparing(Entry::channel))
        .toList();
  }

  private void readNow() {
    CompletableFuture.runAsync(this::read, reader).join();
  }

  /** Only ever on the reader's one thread. */
  private void read() {
    try {
      Map<String, List<Shut>> before = byUser;
      List<Revocation> active = store.active();
      isFailing = false;
      entries(active);
      Instant time = clock.instant();
      for (Revocation entry : active) {
        // One that ran out and was made anew meanwhile is new: the user may have come back.
        if (before.getOrDefault(entry.user(), List.of()).stream()
            .noneMatch(known ->
                known.channel().equals(entry.channel()) && known.until().isAfter(time))) {
          tell(new Entry(entry.user(), entry.channel(), entry.until()));
        }
      }
    } catch (StoreException e) {
      if (!isFailing) {
        LOG.warn("Cannot read revocations; known revocations stay in force: {}", e.getMessage());
      }
      isFailing = true;
    } catch (RuntimeException e) {
      LOG.error("Cannot read revocations; known revocations stay in force", e);
    }
  }

  private void entries(List<Revocation> active) {
    Map<String, List<Shut>> now = new HashMap<>();
    for (Revocation entry : active) {
      now.computeIfAbsent(entry.user(), user -> new ArrayList<>())
          .add(new Shut(entry.channel(), entry.until()));
    }
    byUser = now;
  }

  /** Whatever goes wrong with one must not keep the others' streams open. */
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

  /** @param channel a name or a pattern */
  private record Shut(String channel, Instant until) {
    boolean isAll() {
      return channel.equals(ChannelPattern.ALL.text());
    }
  }
}
