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
 * Records whether the storage accepts writes, as far as this process knows. It logs a fault once
 * when it begins, each different fault once meanwhile, and the recovery once after
 * {@link #CALM_NANOS} without a failure. Thread-safe.
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
  private volatile @Nullable String fault;

  public StorageOutage(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Notes that a write failed.
   *
   * @param bytes the size that failed; smaller rows may fit
   */
  public void failed(StoreException failure, long bytes) {
    if (failure.kind() == StoreException.Kind.CLOSED) {
      return;
    }
    String message = String.valueOf(failure.getMessage());
    if (failure.kind() == StoreException.Kind.REPLACED) {
      fault = message;
    }
    // Another activity does not make it another fault.
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

  /** Notes that an event, or as much as {@link #weight}, was stored. */
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

  /** Why no later write can work; null if none is known. */
  public @Nullable String fault() {
    return fault;
  }

  /** The size in bytes of the largest failed write. */
  public int weight() {
    synchronized (lock) {
      return weight;
    }
  }

  /** Logs the end of the outage when it is due; call it periodically. */
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
