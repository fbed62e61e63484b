package io.gripstream.eventstream.internal.store.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.TestClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
  private final TestClock machine = TestClock.now();
  private final AtomicLong nanos = new AtomicLong(-5);
  private final DatabaseClock clock = new DatabaseClock(machine, nanos::get);

  @Test
  void time_of_the_database_counts() {
    adjustedTo(5_000);

    assertThat(clock.millis()).isEqualTo(5_000);
    assertThat(clock.instant().toEpochMilli()).isEqualTo(5_000);
  }

  @Test
  void half_of_the_way_to_the_database_and_back_is_counted() {
    clock.adjust(() -> {
      pass(Duration.ofMillis(80));
      return 5_000;
    });

    assertThat(clock.millis()).isEqualTo(5_040);
  }

  @Test
  void time_goes_on_until_the_database_is_asked_again() {
    adjustedTo(5_000);
    pass(Duration.ofSeconds(40));

    assertThat(clock.millis()).isEqualTo(45_000);
  }

  /** Otherwise it would remove a day's events after a change of the machine's date. */
  @Test
  void a_machine_whose_time_is_set_keeps_the_time_of_the_database() {
    adjustedTo(5_000);
    machine.advance(Duration.ofDays(2));
    pass(Duration.ofSeconds(1));

    assertThat(clock.millis()).isEqualTo(6_000);
  }

  private void adjustedTo(long millis) {
    clock.adjust(() -> millis);
  }

  /** For what measures durations. */
  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
