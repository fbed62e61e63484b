package io.gripstream.eventstream.internal.direct;

import io.gripstream.grip.internal.Threads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that owns streams, and its clock. It never blocks, and carries out tasks in order.
 * Waiting tasks are bounded: a few per stream, one per audience.
 */
final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final LongSupplier nanos;
  private final ExecutorService thread;
  private int ticks;

  /** The thread starts with the first task. */
  Loop(int number, LongSupplier nanos) {
    this.nanos = nanos;
    this.ticks = now();
    this.thread = Threads.queue("gripstream-direct-" + number);
  }

  /** Runs the task on the loop; it is dropped when the loop is closed. Any thread. */
  void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException closed) {
      LOG.debug("The fan-out is closed; dropped a task");
    }
  }

  /** Milliseconds that wrap around: use differences only. */
  int now() {
    return (int) TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
  }

  /** The time of the last {@link #tick}: good enough for many writes in a row. */
  int ticks() {
    return ticks;
  }

  void tick() {
    ticks = now();
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
