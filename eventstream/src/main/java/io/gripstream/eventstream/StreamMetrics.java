package io.gripstream.eventstream;

import io.gripstream.grip.GripProxy;
import java.time.Duration;

/**
 * Receives the metrics of an event stream. Called by its threads during their work: return quickly,
 * never block, never throw. No argument is chosen by a client, so each can be the label of a
 * metric.
 *
 * <p>Alert on {@link #sendFailed} (events are refused), and on {@link #confirmed} with a growing
 * lag (a proxy falls behind). {@link #reset} counts clients that missed events: history is too
 * short for them.
 */
public interface StreamMetrics {
  /** Counts nothing. */
  StreamMetrics NOOP = new StreamMetrics() {};

  /** An event is durable. */
  default void stored(Duration took) {}

  /** An event of an unreliable channel was handed on. */
  default void unstored() {}

  /** The storage did not accept an event. */
  default void sendFailed() {}

  /**
   * A stream was granted.
   *
   * @param resumed the client came with a position
   */
  default void opened(StreamMode mode, boolean resumed) {}

  /** A stream was refused: not allowed, or a bad request. */
  default void refused() {}

  /** The history of a channel did not reach back to the client's position. */
  default void reset() {}

  /** A call of {@code onOpen} or {@code onClose} was dropped: its queue was full. */
  default void sessionDropped() {}

  /** A call of {@code onOpen} or {@code onClose} threw. */
  default void sessionFailed() {}

  /** A proxy asked again on behalf of its clients. */
  default void followUp() {}

  /** Events were read from storage for a client that missed them. */
  default void replayed(int events) {}

  /**
   * A proxy confirmed a stored event.
   *
   * @param proxy its name, as configured, without secrets
   * @param lag since the event was accepted
   */
  default void confirmed(GripProxy proxy, Duration lag) {}
}
