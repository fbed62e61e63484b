package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.time.Duration;

/**
 * What a publisher counts. Called by its threads between requests: return quickly, never block.
 *
 * <p>Alert on {@link #failed}: of kind {@code OVERFLOW} the queue is too short for the load, of
 * kind {@code UNREACHABLE} the proxy is down. {@link #retried} alone is harmless.
 */
public interface PublishMetrics {

  /** Counts nothing. */
  PublishMetrics NOOP = new PublishMetrics() {};

  /** One request was answered 200. */
  default void published(GripProxy proxy, int items, int bytes, Duration took) {}

  /** Items that are sent once more, after an I/O error or a 5xx. */
  default void retried(GripProxy proxy, int items) {}

  /** One item failed for good. */
  default void failed(GripProxy proxy, PublishException.Kind kind) {}
}
