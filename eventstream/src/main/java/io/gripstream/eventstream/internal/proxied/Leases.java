package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides which process of a storage does a task for a proxy that only one may do. Blocks for
 * storage. Thread-safe.
 */
final class Leases {
  private final @Nullable EventStore store;
  private final String proxy;

  /** @param store null: there are no other processes */
  Leases(@Nullable EventStore store, String proxy) {
    this.store = store;
    this.proxy = proxy;
  }

  /**
   * Returns whether this process has the task for that time. True also if the storage does not
   * answer: twice is better than never.
   */
  boolean take(String task, Duration time) {
    try {
      return store == null || store.ledger().lease(task + " " + proxy, time);
    } catch (StoreException unknown) {
      return true;
    }
  }
}
