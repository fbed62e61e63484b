package io.gripstream.grip.testkit;

/** A connection that may hold channels. */
interface Subscriber {

  boolean holds(String channel);

  /** It gets items from now on. */
  default void added() {}

  /** Gives it an item, if it holds the channel. */
  void offer(FakeItem item);

  /** Makes it ask the origin what it misses. */
  void refresh();

  void end();
}
