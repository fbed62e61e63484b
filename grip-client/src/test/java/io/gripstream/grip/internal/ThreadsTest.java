package io.gripstream.grip.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No thread ends in silence. */
class ThreadsTest {
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private Thread.UncaughtExceptionHandler before;

  @BeforeEach
  void listen() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> heard.add(thread.getName() + ": " + failure.getMessage()));
  }

  @AfterEach
  void restore() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  @Test
  void loop_reports_an_error_and_continues_with_the_next_task() throws Exception {
    ScheduledExecutorService loop = Threads.loop("a-loop");
    CountDownLatch rounds = new CountDownLatch(3);
    loop.execute(() -> {
      throw new AssertionError("once");
    });
    loop.scheduleWithFixedDelay(
        () -> {
          rounds.countDown();
          throw new AssertionError("each time");
        },
        1,
        1,
        TimeUnit.MILLISECONDS);

    assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("a-loop: once");
    assertThat(rounds.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("a-loop: each time");
    assertThat(Threads.fault()).get().asString().contains("met java.lang.AssertionError");
    end(loop);
  }

  @Test
  void queue_and_pool_outlive_their_tasks_failures() throws Exception {
    for (ExecutorService threads : new ExecutorService[] {
      Threads.queue("q"), Threads.pool("q", 1, 1, 1, new LinkedBlockingQueue<>())
    }) {
      threads.execute(() -> {
        throw new IllegalStateException("logged, on purpose");
      });
      threads.execute(() -> {
        throw new AssertionError("told");
      });
      CountDownLatch done = new CountDownLatch(1);
      threads.execute(done::countDown);

      assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(heard.poll(5, TimeUnit.SECONDS)).endsWith(": told");
      assertThat(heard).isEmpty();
      end(threads);
    }
  }

  /** A round that is still under way would report to the next test. */
  private static void end(ExecutorService threads) throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void single_thread_is_a_daemon_and_reports_its_failure() throws Exception {
    Thread thread = Threads.daemon("alone", () -> {
      throw new AssertionError("the end");
    });
    assertThat(thread.isDaemon()).isTrue();
    thread.start();

    assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("alone: the end");
  }
}
