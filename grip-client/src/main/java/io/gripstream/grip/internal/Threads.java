package io.gripstream.grip.internal;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes every long-lived thread of this project: a named daemon whose failures are never silent. An
 * unexpected exception of a task is logged, and the thread continues. An {@link Error} means that
 * the process is no longer reliable: {@link #fault} remembers the first one, and the thread's
 * uncaught-exception handler gets each one. In a server that handler ends the process; elsewhere
 * the thread continues as well as it can, so that no other thread waits forever. The fault belongs
 * to the whole process. Thread-safe.
 */
public final class Threads {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
  private static final long LONGEST_JOIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final AtomicReference<@Nullable String> FAULT = new AtomicReference<>();

  private Threads() {}

  /**
   * Makes a thread with this one task, not started. A failure that its own loop does not catch ends
   * it.
   */
  public static Thread daemon(String name, Runnable task) {
    return unguarded(name, guarded(task));
  }

  private static Thread unguarded(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Makes one thread for tasks in order, at once or later. A task that throws does not stop the
   * next one.
   */
  public static ScheduledExecutorService loop(String name) {
    return new GuardedSchedule(1, work -> unguarded(name, work));
  }

  /** Same as {@link #loop}, for very many tasks; tasks cannot be scheduled for later. */
  public static ExecutorService queue(String name) {
    return new GuardedPool(1, 1, 0, new LinkedBlockingQueue<>(), work -> unguarded(name, work));
  }

  /** Makes a pool of this number of threads for tasks, at once or later. */
  public static ScheduledExecutorService loops(String name, int threads) {
    return new GuardedSchedule(threads, numbered(name + "-"));
  }

  /**
   * Makes threads for tasks that wait for something, numbered behind the name. Idle threads end.
   *
   * @param core number of threads before a task waits in the queue
   * @param max number of threads once the queue is full
   */
  public static ExecutorService pool(
      String name, int core, int max, long idleSeconds, BlockingQueue<Runnable> queue) {
    ThreadPoolExecutor pool = new GuardedPool(core, max, idleSeconds, queue, numbered(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory numbered(String name) {
    AtomicInteger count = new AtomicInteger();
    return work -> unguarded(name + count.incrementAndGet(), work);
  }

  /** Wraps a task so that it throws nothing. */
  public static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable e) {
        met(e);
      }
    };
  }

  /** Handles an unexpected failure in a loop that continues. Never throws. */
  public static void met(Throwable failure) {
    Thread thread = Thread.currentThread();
    try {
      if (failure instanceof Error) {
        FAULT.compareAndSet(null, "thread " + thread.getName() + " met " + failure);
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
      } else {
        LOG.error("Thread {} had an unexpected exception and continues", thread.getName(), failure);
      }
    } catch (Throwable again) {
      // There may be no memory left to describe the error.
      FAULT.compareAndSet(null, "a thread met an error that it could not describe");
    }
  }

  /** Waits until the thread has ended, for at most 30 s, also if interrupted. */
  public static void join(Thread thread) {
    boolean interrupted = false;
    long end = System.nanoTime() + LONGEST_JOIN_NANOS;
    while (thread.isAlive() && System.nanoTime() - end < 0) {
      try {
        thread.join(1_000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The first {@link Error} in one of these threads since the process began. */
  public static Optional<String> fault() {
    return Optional.ofNullable(FAULT.get());
  }

  private static final class GuardedSchedule extends ScheduledThreadPoolExecutor {
    GuardedSchedule(int threads, ThreadFactory factory) {
      super(threads, factory);
      setRemoveOnCancelPolicy(true);
    }

    // {@code execute} calls this too.
    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      return super.schedule(guarded(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable task, long first, long pause, TimeUnit unit) {
      return super.scheduleWithFixedDelay(guarded(task), first, pause, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable task, long first, long period, TimeUnit unit) {
      return super.scheduleAtFixedRate(guarded(task), first, period, unit);
    }
  }

  private static final class GuardedPool extends ThreadPoolExecutor {
    GuardedPool(
        int core, int max, long idleSeconds, BlockingQueue<Runnable> queue, ThreadFactory factory) {
      super(core, max, idleSeconds, TimeUnit.SECONDS, queue, factory);
    }

    @Override
    public void execute(Runnable task) {
      super.execute(guarded(task));
    }
  }
}
