package io.gripstream.eventstream.internal.door;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The way of one granted stream into the process. Exactly one of {@link #enter} and
 * {@link #turnAway} is called, once, on any thread; neither blocks.
 */
public interface Entrance {
  /**
   * The answer's head is out, or in the opening: the stream begins.
   *
   * @param sink where its bytes go from now on
   * @param opening the first bytes, as this sink wants them; not touched by the caller any more
   * @return to be run when the client has left; any thread, as often as it is noticed
   */
  Runnable enter(Sink sink, ByteBuffer opening);

  /** The stream will not be. */
  void turnAway();

  /** How often a stream writes at least, for a server that probes dead connections by it. */
  Duration keepAlive();
}
