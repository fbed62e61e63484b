package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.time.Duration;

/**
 * Receives the metrics of a publisher. Called by its threads between requests: return quickly,
 * never block.
 *
 * <p>Alert on {@link #failed}: with kind {@code OVERFLOW} the queue is too short for the load, with
 * kind {@code UNREACHABLE} the proxy is down. {@link #retried} alone is harmless.
 */
public interface PublishMetrics {

  /** Counts nothing. */
  PublishMetrics NOOP = new PublishMetrics() {};

  /** One request was answered 200. */
  default void published(GripProxy proxy, int items, int bytes, Duration took) {}

  /** Items are sent again, after an I/O error or a 5xx. */
  default void retried(GripProxy proxy, int items) {}

  /** One item failed finally. */
  default void failed(GripProxy proxy, PublishException.Kind kind) {}
}
