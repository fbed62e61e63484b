package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Draft;
import java.util.concurrent.CompletableFuture;

/**
 * A draft whose sender waits.
 *
 * @param since when it came, as {@code System.nanoTime}
 */
record Waiting(Draft draft, CompletableFuture<Appended> outcome, long since) {
  /** Roughly what it holds in memory. */
  long weight() {
    long weight = 200L + draft.data().length();
    for (String user : draft.skipUsers()) {
      weight += PageLimit.USER_BYTES + user.length();
    }
    return weight;
  }
}
