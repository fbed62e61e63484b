package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;

/**
 * A subscriber's place in the live feed.
 *
 * @param position where its live events begin; it reads everything up to here from storage
 * @param leaving ends the membership; on any thread, idempotent. A delivery in progress may still
 *     arrive
 */
public record Membership(Position position, Runnable leaving) {
  public void leave() {
    leaving.run();
  }
}
