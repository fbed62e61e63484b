package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import java.util.function.IntConsumer;

/** Finds out whether a storage can be written, and ends an outage when it can be again. */
public final class WriteCheck {
  private final StorageOutage outage;
  private final IntConsumer write;

  /** Used by the upkeep thread only. */
  private boolean hasLooked;

  /**
   * @param write checks that it is still the opened storage, and writes this number of bytes, 0 or
   *     more; blocks, and throws a {@link StoreException} if it cannot
   */
  public WriteCheck(StorageOutage outage, IntConsumer write) {
    this.outage = outage;
    this.write = write;
  }

  /** See {@link io.gripstream.eventstream.store.EventStore#check}. Thread-safe. */
  public StoreHealth probe() {
    String known = outage.reason();
    if (known != null) {
      return new StoreHealth.Failed(known);
    }
    try {
      write.accept(0);
      return StoreHealth.OK;
    } catch (StoreException e) {
      outage.failed(e, 0);
      return new StoreHealth.Failed(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The first call tries a write. Later calls do so only during a fault, with the size that failed,
   * because a full disk may have space for small rows.
   */
  public void look() {
    if (!hasLooked || outage.reason() != null) {
      hasLooked = true;
      int weight = outage.weight();
      write.accept(weight);
      outage.worked();
      if (weight > 0) {
        write.accept(0);
      }
    }
    outage.settle();
  }
}
