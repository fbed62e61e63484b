package io.gripstream.eventstream.internal.proxied;

import io.gripstream.grip.internal.Threads;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one proxy ask again for the streams of a kick channel: immediately and once more, by one
 * process. On its own thread, because the relay's thread may be busy for seconds. Thread-safe.
 */
final class Kicks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Kicks.class);

  /** A first hint may meet a proxy that is just reading older state; the second one does not. */
  private static final Duration SECOND = Duration.ofSeconds(3);

  private final Leases leases;
  private final IntConsumer hint;

  /**
   * Numbers of kick channels that wait for the thread. At most as many as there are kick channels.
   */
  private final Set<Integer> waiting = ConcurrentHashMap.newKeySet();

  private final ScheduledExecutorService thread = Threads.loop("gripstream-kicks");

  /** @param hint publishes a hint to the kick channel of this number; must not block */
  Kicks(Leases leases, IntConsumer hint) {
    this.leases = leases;
    this.hint = hint;
  }

  /**
   * Kicks, unless another process just did. Does not block. Many calls in a row cost no more than
   * one.
   */
  void kick(int number) {
    if (!waiting.add(number)) {
      return;
    }
    try {
      thread.execute(() -> {
        // Before the hint: a call that comes after it may be about a later change.
        waiting.remove(number);
        if (leases.take("kick " + number, SECOND.minusSeconds(1))) {
          hint.accept(number);
          thread.schedule(() -> hint.accept(number), SECOND.toMillis(), TimeUnit.MILLISECONDS);
        }
      });
    } catch (RejectedExecutionException closed) {
      LOG.debug("The kicks are closed");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
