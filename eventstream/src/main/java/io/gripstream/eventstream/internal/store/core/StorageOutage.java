package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.StoreException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the storage takes what it is to store, as far as is known. Says in the log once what is
 * wrong when that begins, once more for each other thing that goes wrong meanwhile, and once when
 * it works again and has been calm for {@link #CALM_NANOS}. Thread-safe.
 */
public final class StorageOutage {
  private static final Logger LOG = LoggerFactory.getLogger(StorageOutage.class);
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int MOST_SAID = 8;
  private static final int HEAVIEST = 256_000;

  private final LongSupplier nanoTime;
  private final Object lock = new Object();
  private final Set<String> said = new HashSet<>();
  private long began;
  private long lastFailure;
  private int weight;
  private volatile @Nullable String reason;

  public StorageOutage(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Something was not stored.
   *
   * @param bytes the size that failed; smaller rows may fit
   */
  public void failed(StoreException failure, long bytes) {
    if (failure.kind() == StoreException.Kind.CLOSED) {
      return;
    }
    String message = String.valueOf(failure.getMessage());
    // What was being done does not make it another thing.
    String what = message.split(" \\((\\w+ )?while ", 2)[0];
    boolean isNew;
    synchronized (lock) {
      lastFailure = nanoTime.getAsLong();
      if (said.isEmpty()) {
        began = lastFailure;
        weight = 0;
      }
      weight = (int) Math.max(weight, Math.min(HEAVIEST, bytes));
      isNew = said.size() < MOST_SAID && said.add(what);
      reason = message;
    }
    if (isNew) {
      LOG.warn("The storage does not work and is retried: {}", message);
    }
  }

  /** An event, or as much as {@link #weight}, was stored. */
  public void worked() {
    if (reason != null) {
      synchronized (lock) {
        reason = null;
      }
    }
  }

  /** Why the last write failed; null if it did not. */
  public @Nullable String reason() {
    return reason;
  }

  /** The bytes of the largest thing that was not stored. */
  public int weight() {
    synchronized (lock) {
      return weight;
    }
  }

  /** To be called now and then: says that it is over. */
  public void settle() {
    Duration lasted;
    synchronized (lock) {
      long now = nanoTime.getAsLong();
      if (said.isEmpty() || reason != null || now - lastFailure < CALM_NANOS) {
        return;
      }
      said.clear();
      lasted = Duration.ofNanos(lastFailure - began);
    }
    LOG.info("The storage works again, after {} s", lasted.toSeconds());
  }
}
