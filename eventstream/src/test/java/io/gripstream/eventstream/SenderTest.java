package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SenderTest {
  @Test
  void time_that_storing_took_does_not_depend_on_the_time_of_day() {
    List<Duration> took = Collections.synchronizedList(new ArrayList<>());
    StreamMetrics metrics = new StreamMetrics() {
      @Override
      public void stored(Duration time) {
        took.add(time);
      }
    };
    try (EventStream events = EventStream.create(
        config -> config.clock(TestClock.now()).store(EventStores.memory()).metrics(metrics))) {
      events.send("news", "message", "x");

      // By the clock, which stands still, it took no time.
      assertThat(took).singleElement().satisfies(time -> assertThat(time).isPositive());
    }
  }
}
