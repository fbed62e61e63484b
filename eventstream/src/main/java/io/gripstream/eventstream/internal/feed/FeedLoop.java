package io.gripstream.eventstream.internal.feed;

import io.gripstream.grip.internal.Seldom;
import io.gripstream.grip.internal.Threads;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed's two threads. The loop owns all its state and never blocks; the reader waits for
 * storage and passes its results to the loop.
 */
final class FeedLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedLoop.class);

  private final ScheduledExecutorService loop = Threads.loop("gripstream-feed");
  private final ScheduledExecutorService reader = Threads.loop("gripstream-feed-reader");
  private final Seldom failures = new Seldom(System::nanoTime);

  /** @return false if the loop is closed: the task will not run */
  boolean execute(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }

  void executeAfter(long millis, Runnable task) {
    try {
      loop.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("The feed is closed; dropped a delayed task");
    }
  }

  /** Runs {@code read} on the reader, then one of the other two on the loop. */
  <T> void read(Supplier<T> read, Consumer<T> then, Consumer<Throwable> onFailure) {
    try {
      reader.execute(() -> {
        try {
          T result = read.get();
          execute(() -> then.accept(result));
        } catch (Throwable e) {
          execute(() -> onFailure.accept(e));
          if (e instanceof Error) {
            Threads.met(e);
          }
        }
      });
    } catch (RejectedExecutionException closed) {
      LOG.debug("The feed is closed; dropped a read");
    }
  }

  /** For log lines about reads that failed: storage that does not answer fails all channels. */
  Seldom failures() {
    return failures;
  }

  @Override
  public void close() {
    loop.shutdownNow();
    reader.shutdownNow();
  }
}
