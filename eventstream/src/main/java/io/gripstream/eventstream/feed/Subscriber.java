package io.gripstream.eventstream.feed;

/** Somebody who gets live events. Called on the feed's thread, in order, and must not block. */
public interface Subscriber {
  /** The membership has begun; nothing was delivered yet. */
  default void joined(Membership membership) {}

  /** The next event. Whether it skips the subscriber's user is for the subscriber to see. */
  void deliver(LiveEvent event);

  /**
   * The feed cannot go on without a gap. Nothing follows; reading storage again is the way back.
   */
  void lost();
}
