package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SenderTest {
  @Test
  void time_that_storing_took_does_not_depend_on_the_time_of_day() {
    List<Duration> took = Collections.synchronizedList(new ArrayList<>());
    try (EventStream events = EventStream.create(config -> config
        .clock(new BackwardClock())
        .store(EventStores.memory())
        .metrics(new StreamMetrics() {
          @Override
          public void stored(Duration time) {
            took.add(time);
          }
        }))) {
      events.send("news", "message", "x");
      assertThat(took).singleElement().satisfies(time -> assertThat(time).isPositive());
    }
  }

  /** Is a second earlier each time. */
  private static final class BackwardClock extends Clock {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    @Override
    public Instant instant() {
      return now.updateAndGet(before -> before.minusSeconds(1));
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
