package io.gripstream.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.TestClock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CheckupsTest {
  private final TestClock clock = TestClock.now();
  private final BlockingQueue<Boolean> runs = new LinkedBlockingQueue<>();
  private final Checkups checkups = new Checkups((isThorough, each) -> runs.add(isThorough), clock);

  @Test
  void results_serve_all_who_ask_until_they_are_old() throws InterruptedException {
    begin();
    clock.advance(Checkups.QUICK_EVERY.minusMillis(1));
    checkups.quick();
    clock.advance(Duration.ofMillis(1));
    begin();
    assertThat(runs).isEmpty();
  }

  @Test
  void results_of_before_the_clock_was_set_back_are_old() throws InterruptedException {
    begin();
    clock.setBack(Duration.ofHours(1));
    begin();
  }

  private void begin() throws InterruptedException {
    checkups.quick();
    assertThat(runs.poll(10, TimeUnit.SECONDS)).as("thorough").isFalse();
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!clock.instant().equals(checkups.quick().at())) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
