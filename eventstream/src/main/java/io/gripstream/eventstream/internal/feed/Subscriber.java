package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;

/** Receives live events. Called on the feed's thread, in order, and must not block. */
public interface Subscriber {
  /** The membership has begun; nothing was delivered yet. */
  default void joined(Membership membership) {}

  /** The next event. The subscriber checks whether the event skips its user. */
  void deliver(LiveEvent event);

  /**
   * Storage has removed events before the feed could read them. The next delivery comes after this
   * position. The subscriber reads the remaining events up to there.
   */
  void skipped(Position to);
}
