package io.gripstream.eventstream.internal.door;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Lets one granted stream into the process. Exactly one of {@link #enter} and {@link #turnAway} is
 * called, once, on any thread; neither blocks.
 */
public interface Entrance {
  /**
   * Begins the stream: the answer's head has been sent, or is part of the opening.
   *
   * @param sink receives its bytes from now on
   * @param opening the first bytes, in the form that this sink needs; the caller does not touch it
   *     any more
   * @return to be run when the client has left; on any thread, any number of times
   */
  Runnable enter(Sink sink, ByteBuffer opening);

  /** Gives the stream up before it began. */
  void turnAway();

  /**
   * Maximum time between two writes of a stream, for a server that detects dead connections by
   * them.
   */
  Duration keepAlive();
}
