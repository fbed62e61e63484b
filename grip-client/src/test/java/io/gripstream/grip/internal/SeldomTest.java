package io.gripstream.grip.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeldomTest {
  private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
  private final Seldom seldom = new Seldom(nanos::get);
  private final List<Long> done = new ArrayList<>();

  @Test
  void runs_once_a_second_and_gets_the_number_of_calls_left_out() {
    for (int i = 0; i < 1_000; i++) {
      seldom.perhaps(done::add);
    }
    assertThat(done).containsExactly(0L);
    nanos.addAndGet(999_999_999);
    seldom.perhaps(done::add);
    assertThat(done).hasSize(1);
    nanos.addAndGet(1);
    seldom.perhaps(done::add);
    assertThat(done).containsExactly(0L, 1_000L);
    nanos.addAndGet(3_000_000_000L);
    seldom.perhaps(done::add);
    assertThat(done).containsExactly(0L, 1_000L, 0L);
  }

  @Test
  void the_words_behind_a_line_say_how_many_more_there_were() {
    assertThat(Seldom.more(0)).isEmpty();
    assertThat(Seldom.more(7)).isEqualTo(" (and 7 times more since the last such line)");
  }
}
