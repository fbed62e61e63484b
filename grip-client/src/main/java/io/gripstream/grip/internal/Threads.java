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
 * Makes every thread of this project that lives long: a named daemon that no failure ends in
 * silence. An exception that a task did not foresee is logged, and the thread goes on. An
 * {@link Error} says that the process cannot be relied on any more: {@link #fault} remembers the
 * first, and the thread's uncaught-exception handler hears of each, which in a server ends the
 * process; where it does not, the thread goes on as well as it can, so that nobody waits for it in
 * vain. The memory is the process's, as such a failure is. Thread-safe.
 */
public final class Threads {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);
  private static final long LONGEST_JOIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final AtomicReference<@Nullable String> FAULT = new AtomicReference<>();

  private Threads() {}

  /** A thread with this one task, not started. What its own loop does not catch ends it. */
  public static Thread daemon(String name, Runnable task) {
    return unguarded(name, guarded(task));
  }

  private static Thread unguarded(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** One thread for tasks in order, at once or later. Whatever a task throws, the next one runs. */
  public static ScheduledExecutorService loop(String name) {
    return new GuardedSchedule(1, work -> unguarded(name, work));
  }

  /** As {@link #loop}, but that no task can wait for its time: for a great many tasks. */
  public static ExecutorService queue(String name) {
    return new GuardedPool(1, 1, 0, new LinkedBlockingQueue<>(), work -> unguarded(name, work));
  }

  /** A pool of this number of threads for tasks, at once or later. */
  public static ScheduledExecutorService loops(String name, int threads) {
    return new GuardedSchedule(threads, numbered(name + "-"));
  }

  /**
   * Threads for tasks that wait for something, numbered behind the name; idle ones end.
   *
   * @param core that many are made before a task waits in the queue
   * @param max that many are made once the queue takes no more
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

  /** The same task, but that nothing it throws comes out. */
  public static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable e) {
        met(e);
      }
    };
  }

  /** To be called by a loop with what it did not foresee, before it goes on. Never throws. */
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
      // There may be no memory left, not even to say so.
      FAULT.compareAndSet(null, "a thread met an error that it could not describe");
    }
  }

  /** Waits until the thread has ended, for at most 30 s, whatever interrupts. */
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

  /** The first {@link Error} that one of these threads met since the process began. */
  public static Optional<String> fault() {
    return Optional.ofNullable(FAULT.get());
  }

  private static final class GuardedSchedule extends ScheduledThreadPoolExecutor {
    GuardedSchedule(int threads, ThreadFactory factory) {
      super(threads, factory);
      setRemoveOnCancelPolicy(true);
    }

    // What execute calls, too.
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
