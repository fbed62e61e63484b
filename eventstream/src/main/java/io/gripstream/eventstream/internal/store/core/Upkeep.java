package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread for a store's periodic work. A step that fails is tried again. */
public final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final ScheduledExecutorService thread = Threads.loop("gripstream-store-upkeep");
  private final StorageOutage outage;
  private final List<Future<?>> chores = new ArrayList<>();

  /** @param outage records failures */
  public Upkeep(StorageOutage outage) {
    this.outage = outage;
  }

  /** Time between two searches for old events. */
  public static Duration trimming(Retention retention) {
    return Duration.ofMillis(Math.max(100, Math.min(1_000, retention.ttl().toMillis() / 10)));
  }

  public void soonAndEvery(Duration pause, String what, Runnable step) {
    chores.add(thread.scheduleWithFixedDelay(
        () -> attempt(what, step), 0, pause.toMillis(), TimeUnit.MILLISECONDS));
  }

  public void every(Duration pause, String what, Runnable step) {
    chores.add(thread.scheduleWithFixedDelay(
        () -> attempt(what, step), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void attempt(String what, Runnable step) {
    try {
      step.run();
    } catch (StoreException e) {
      LOG.debug("{} failed and will be retried", what, e);
      outage.failed(e, 0);
    }
  }

  /** Lets the current step end, for at most 10 s. */
  @Override
  public void close() {
    chores.forEach(chore -> chore.cancel(false));
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("Background work of the event store did not stop within 10 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
