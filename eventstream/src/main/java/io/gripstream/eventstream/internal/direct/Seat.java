package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.SessionEnd;

/** The share of one stream in the limits. */
@FunctionalInterface
interface Seat {
  /** Gives it back. Called once, when the stream has ended. */
  void leave(SessionEnd.Reason why);
}
