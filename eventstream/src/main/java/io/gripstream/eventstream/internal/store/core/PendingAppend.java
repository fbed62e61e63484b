package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.PageLimit;
import java.util.concurrent.CompletableFuture;

/**
 * A draft whose sender waits.
 *
 * @param since time of arrival, as {@code System.nanoTime}
 */
public record PendingAppend(Draft draft, CompletableFuture<Appended> outcome, long since) {
  /** Tells the sender. */
  void complete(Outcome result) {
    if (result instanceof Outcome.Accepted accepted) {
      outcome.complete(accepted.appended());
    } else if (result instanceof Outcome.Refused refused) {
      outcome.completeExceptionally(refused.why());
    }
  }

  /** Roughly the bytes written for it: once for each of its channels. */
  public long weight() {
    long weight = 200L + draft.data().length();
    for (String user : draft.skippedUsers()) {
      weight += PageLimit.USER_BYTES + user.length();
    }
    return weight * draft.channels().size();
  }
}
