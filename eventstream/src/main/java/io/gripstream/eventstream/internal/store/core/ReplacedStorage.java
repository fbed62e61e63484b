package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * A backup was restored, or another storage took the place of the opened one: the memory of this
 * process is wrong.
 */
public final class ReplacedStorage {
  private ReplacedStorage() {}

  /** @param found the epoch that is there now; null: none */
  public static StoreException failure(String opened, @Nullable String found) {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "the storage was replaced while it was in use ("
            + (found == null
                ? "it has no epoch; expected " + opened
                : "its epoch is " + found + ", not " + opened)
            + "); start this process again",
        null);
  }
}
