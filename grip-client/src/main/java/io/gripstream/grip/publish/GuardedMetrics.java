package io.gripstream.grip.publish;

import io.gripstream.grip.GripProxy;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the metrics of an application. A failure of these is logged and changes no outcome, even if
 * a class is missing or an assertion fails.
 */
final class GuardedMetrics implements PublishMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(GuardedMetrics.class);

  private final PublishMetrics metrics;

  GuardedMetrics(PublishMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void published(GripProxy proxy, int items, int bytes, Duration took) {
    guard(() -> metrics.published(proxy, items, bytes, took));
  }

  @Override
  public void retried(GripProxy proxy, int items) {
    guard(() -> metrics.retried(proxy, items));
  }

  @Override
  public void failed(GripProxy proxy, PublishException.Kind kind) {
    guard(() -> metrics.failed(proxy, kind));
  }

  private static void guard(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      LOG.warn("The metrics callback for published items failed", e);
    }
  }
}
