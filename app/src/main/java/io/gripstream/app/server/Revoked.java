package io.gripstream.app.server;

import io.gripstream.app.api.Revoking;
import io.gripstream.eventstream.store.Revocations;
import io.gripstream.eventstream.store.Revocations.Revocation;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is shut out of what, as of a second ago at most: every instance reads the storage by itself,
 * and ends its own streams when it sees something new. So no message between instances can be lost.
 * Thread-safe.
 */
final class Revoked implements Revoking, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Revoked.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Revocations store;
  private final Clock clock;
  private final ScheduledExecutorService reader;
  private volatile Map<Entry, Instant> entries = Map.of();
  private volatile BiConsumer<String, String> whenNew = (user, channel) -> {};

  // Touched by the reading thread only.
  private boolean isFailing;

  /** @param store used from {@link #start} on */
  Revoked(Revocations store, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.reader = Threads.loop("gripstream-revocations");
  }

  /**
   * Begins to read. The storage must be open.
   *
   * @param whenNew told user and channel of every entry, once, on a thread that may block
   */
  void start(BiConsumer<String, String> whenNew) {
    this.whenNew = whenNew;
    reader.scheduleWithFixedDelay(this::read, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean isRevoked(@Nullable String user, String channel) {
    if (user == null) {
      return false;
    }
    Instant until = entries.get(new Entry(user, channel));
    return until != null && until.isAfter(clock.instant());
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

  private void readNow() {
    CompletableFuture.runAsync(this::read, reader).join();
  }

  /** Only ever on the reader's one thread. */
  private void read() {
    Map<Entry, Instant> before = entries;
    Map<Entry, Instant> now = new HashMap<>();
    try {
      for (Revocation entry : store.active()) {
        now.put(new Entry(entry.user(), entry.channel()), entry.until());
      }
      isFailing = false;
      entries = Map.copyOf(now);
      Instant time = clock.instant();
      for (Entry entry : now.keySet()) {
        // One that ran out and was made anew meanwhile is new: the user may have come back.
        Instant until = before.get(entry);
        if (until == null || !until.isAfter(time)) {
          tell(entry);
        }
      }
    } catch (StoreException e) {
      if (!isFailing) {
        LOG.warn("Revocations cannot be read, those known stay in force: {}", e.getMessage());
      }
      isFailing = true;
    } catch (RuntimeException e) {
      LOG.error("Revocations cannot be read, those known stay in force", e);
    }
  }

  /** Whatever goes wrong with one must not keep the others' streams open. */
  private void tell(Entry entry) {
    try {
      whenNew.accept(entry.user(), entry.channel());
    } catch (RuntimeException e) {
      LOG.error("Streams of a revoked user may go on until they are opened again", e);
    }
  }

  @Override
  public void close() {
    reader.shutdownNow();
  }

  private record Entry(String user, String channel) {}
}
