package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which of the processes on a storage does what one of them has to do for a proxy. Blocks for
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
   * Whether it is this process, for that time. Also if the storage does not tell: better twice than
   * never.
   */
  boolean take(String task, Duration time) {
    try {
      return store == null || store.ledger().lease(task + " " + proxy, time);
    } catch (StoreException unknown) {
      return true;
    }
  }
}
