package io.gripstream.eventstream.internal.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DoubtsTest {
  private final Doubts doubts = new Doubts();

  @Test
  void a_batch_in_doubt_is_settled_once() {
    assertThat(doubts.add(7)).isTrue();

    assertThat(doubts.settle(6)).isFalse();
    assertThat(doubts.settle(7)).isTrue();
    assertThat(doubts.settle(7)).isFalse();
  }

  @Test
  void a_batch_that_was_read_before_the_doubt_is_told() {
    doubts.settle(7);

    assertThat(doubts.add(7)).isFalse();
    assertThat(doubts.add(8)).isTrue();
  }

  @Test
  void batches_that_never_came_take_no_place() {
    for (long batch = 1; batch <= 20_000; batch++) {
      assertThat(doubts.add(batch)).isTrue();
    }

    assertThat(doubts.settle(20_000)).as("the newest one").isTrue();
    assertThat(doubts.add(3)).as("never comes").isFalse();
  }
}
