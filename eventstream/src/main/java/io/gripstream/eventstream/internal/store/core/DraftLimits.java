package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.StoreException;
import java.util.List;

/**
 * Limits the number and the size of drafts that wait or are being stored. Guarded by the lock of
 * its owner.
 */
public final class DraftLimits {
  /** Less if there is little memory. */
  public static final long MAX_WEIGHT =
      Math.min(64_000_000, Runtime.getRuntime().maxMemory() / 8);

  private final int maxDrafts;
  private int underWay;
  private long weightUnderWay;

  public DraftLimits(int maxDrafts) {
    this.maxDrafts = maxDrafts;
  }

  /** @throws StoreException {@code BUSY} at a limit; one draft may have any size */
  public void enter(PendingAppend draft) {
    if (underWay >= maxDrafts || (weightUnderWay + draft.weight() > MAX_WEIGHT && underWay > 0)) {
      throw StoreException.busy(underWay);
    }
    underWay++;
    weightUnderWay += draft.weight();
  }

  /** Frees the places of these drafts. */
  public void leave(List<PendingAppend> done) {
    underWay -= done.size();
    for (PendingAppend draft : done) {
      weightUnderWay -= draft.weight();
    }
  }

  public boolean isEmpty() {
    return underWay == 0;
  }
}
