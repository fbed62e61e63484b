package io.gripstream.eventstream.feed;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed's two threads: the loop owns all its state and never blocks; the reader waits for
 * storage and brings what it read back to the loop.
 */
final class FeedLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedLoop.class);

  private final ScheduledExecutorService loop = thread("gripstream-feed");
  private final ScheduledExecutorService reader = thread("gripstream-feed-reader");

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    });
  }

  /** @return false if the loop is closed, and the task will not run */
  boolean execute(Runnable task) {
    try {
      loop.execute(guarded(task));
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }

  void executeAfter(long millis, Runnable task) {
    try {
      loop.schedule(guarded(task), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("The feed is closed; a delayed task is dropped");
    }
  }

  /** Runs {@code read} on the reader, then one of the other two on the loop. */
  <T> void read(Supplier<T> read, Consumer<T> then, Consumer<RuntimeException> onFailure) {
    try {
      reader.execute(() -> {
        try {
          T result = read.get();
          execute(() -> then.accept(result));
        } catch (RuntimeException e) {
          execute(() -> onFailure.accept(e));
        }
      });
    } catch (RejectedExecutionException closed) {
      LOG.debug("The feed is closed; a read is dropped");
    }
  }

  /** The loop must outlive a fault in one task. */
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("The feed met a fault of its own and goes on", e);
      }
    };
  }

  @Override
  public void close() {
    loop.shutdownNow();
    reader.shutdownNow();
  }
}
