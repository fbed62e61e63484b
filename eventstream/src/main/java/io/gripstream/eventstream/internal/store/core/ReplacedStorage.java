package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * A backup was restored, or another storage took the place of the opened one: the memory of this
 * process is wrong.
 */
public final class ReplacedStorage {
  private ReplacedStorage() {}

  /**
   * @param found the epoch that is there now, empty if all data is gone; null: a restore may be
   *     under way, and the opened epoch may come back
   */
  public static StoreException failure(String opened, @Nullable String found) {
    return found == null
        ? new StoreException(
            StoreException.Kind.UNAVAILABLE,
            what("it has no epoch; expected " + opened) + "; start this process again",
            null)
        : failure(what(
            found.isEmpty()
                ? "it is empty; expected the epoch " + opened
                : "its epoch is " + found + ", not " + opened));
  }

  private static String what(String difference) {
    return "the storage was replaced while it was in use (" + difference + ")";
  }

  /** @param what the beginning of a sentence */
  public static StoreException failure(String what) {
    return new StoreException(
        StoreException.Kind.REPLACED, what + "; start this process again", null);
  }
}
