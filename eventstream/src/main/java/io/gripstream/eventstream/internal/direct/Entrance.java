package io.gripstream.eventstream.internal.direct;

import java.nio.ByteBuffer;

/** Brings an admitted stream to the loop that will own it. */
interface Entrance {
  /** The loop that will own the stream. */
  Loop loop();

  /** Makes the stream and writes its first bytes. To be called on the loop, once. */
  Stream enter(Outlet outlet, ByteBuffer opening);

  /** The stream will not be. Any thread, once, instead of {@link #enter}. */
  void turnAway();
}
