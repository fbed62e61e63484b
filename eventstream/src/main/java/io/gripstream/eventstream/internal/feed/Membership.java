package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;

/**
 * A subscriber's place in the live feed.
 *
 * @param position where its live events begin: everything up to here it must read from storage
 * @param leaving ends the membership; any thread, idempotent. A delivery under way may still arrive
 */
public record Membership(Position position, Runnable leaving) {
  public void leave() {
    leaving.run();
  }
}
