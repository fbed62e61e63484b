package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;

/** Receives live events. Called on the feed's thread, in order, and must not block. */
public interface Subscriber {
  /** The membership has begun; nothing was delivered yet. */
  default void joined(Membership membership) {}

  /** The next event. Whether it skips the subscriber's user is for the subscriber to see. */
  void deliver(LiveEvent event);

  /**
   * Storage has forgotten events before the feed could read them. The next delivery comes after
   * this position; what storage still has up to there is for the subscriber to read.
   */
  void skipped(Position to);
}
