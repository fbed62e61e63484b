package io.gripstream.eventstream.internal.store.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfirmationsTest {
  private static final Confirmations.Cursor CURSOR = new Confirmations.Cursor("proxy", "a");

  private final Confirmations confirmations = new Confirmations();

  /** A new confirmation comes between each reading of the cursor and its writing. */
  @Test
  void a_busy_channel_loses_nothing_as_long_as_its_cursor_advances() {
    confirmations.add(CURSOR, 1, 1, 0);
    long cursor = 0;
    for (int second = 1; second <= 150; second++) {
      long now = second * 1_000L;
      assertThat(confirmations.cursors(now)).as("second %d", second).containsExactly(CURSOR);
      cursor = confirmations.advanced(CURSOR, cursor);
      confirmations.add(CURSOR, cursor + 1, cursor + 1, now);
      confirmations.written(CURSOR, cursor);
      assertThat(cursor).isEqualTo(second);
    }
  }

  @Test
  void a_range_that_the_cursor_does_not_reach_is_dropped_after_a_minute() {
    confirmations.add(CURSOR, 7, 9, 0);

    assertThat(confirmations.cursors(60_000)).containsExactly(CURSOR);
    assertThat(confirmations.advanced(CURSOR, 5)).isEqualTo(5);
    assertThat(confirmations.cursors(60_001)).isEmpty();
    assertThat(confirmations.advanced(CURSOR, 6)).isEqualTo(6);
  }

  @Test
  void an_old_range_is_dropped_although_others_come() {
    confirmations.add(CURSOR, 7, 7, 0);
    confirmations.add(CURSOR, 20, 20, 50_000);

    assertThat(confirmations.cursors(61_000)).containsExactly(CURSOR);
    assertThat(confirmations.advanced(CURSOR, 6)).as("id 7 is forgotten").isEqualTo(6);
    assertThat(confirmations.advanced(CURSOR, 19)).isEqualTo(20);
  }

  @Test
  void ranges_join() {
    confirmations.add(CURSOR, 3, 4, 0);
    confirmations.add(CURSOR, 1, 1, 0);
    assertThat(confirmations.advanced(CURSOR, 0)).isEqualTo(1);

    confirmations.add(CURSOR, 2, 2, 0);

    assertThat(confirmations.advanced(CURSOR, 0)).isEqualTo(4);
  }
}
