package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.Stores;
import io.gripstream.eventstream.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpeningsTest {
  private final TestClock clock = TestClock.now();
  private final FaultyStore store =
      FaultyStore.of(EventStores.memory(StoreOptions.DEFAULT.withClock(clock)));
  private final List<String> asked = new ArrayList<>();
  private final Openings openings = new Openings(store, asked::add);

  @BeforeEach
  void start() {
    store.start();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void answered(String channel, long id) {
    openings.answered(Position.of(Map.of(channel, id), store.epoch()));
  }

  private void append(String channel) {
    Stores.append(store, Draft.of(channel, "message", "x"));
  }

  private void pass(Duration time) {
    clock.advance(time);
    openings.look();
  }

  @Test
  void a_stream_that_lacks_an_event_is_asked_for_once() {
    answered("a", 0);
    append("a");
    pass(Openings.LOOK_AFTER.minusMillis(1));
    assertThat(asked).isEmpty();
    pass(Duration.ofMillis(1));
    pass(Openings.PAUSE);
    assertThat(asked).containsExactly("a");
  }

  @Test
  void a_stream_that_has_all_is_left_alone() {
    append("a");
    answered("a", 1);
    answered("b", 0);
    pass(Openings.LOOK_AFTER);
    assertThat(asked).isEmpty();
  }

  @Test
  void streams_are_looked_at_after_the_clock_was_set_back() {
    answered("before", 0);
    append("before");
    clock.setBack(Duration.ofHours(1));
    answered("a", 0);
    append("a");

    pass(Openings.LOOK_AFTER);
    assertThat(asked).containsExactlyInAnyOrder("before", "a");

    clock.setBack(Duration.ofHours(1));
    answered("a", 1);
    append("a");
    pass(Openings.LOOK_AFTER);
    assertThat(asked).as("its pause has no end in the future").hasSize(3);
  }

  /** By the later event the proxy sees that the earlier one is missing. */
  @Test
  void an_event_after_the_hold_is_enough() {
    answered("a", 0);
    append("a");
    clock.advance(Openings.HELD_AFTER);
    append("a");
    pass(Duration.ofMinutes(1));
    assertThat(asked).isEmpty();
  }

  @Test
  void a_channel_is_asked_for_again_after_a_pause() {
    answered("a", 0);
    append("a");
    pass(Openings.LOOK_AFTER);
    answered("a", 1);
    append("a");
    pass(Openings.LOOK_AFTER);
    assertThat(asked).containsExactly("a");
    pass(Openings.PAUSE);
    assertThat(asked).containsExactly("a", "a");
  }

  /** All of its streams would ask, and the proxy knows by the others what a new one lacks. */
  @Test
  void a_crowd_is_left_to_the_proxy() {
    for (int i = 0; i < Openings.CROWD; i++) {
      answered("crowd", 0);
    }
    pass(Openings.LOOK_AFTER);
    answered("crowd", 0);
    append("crowd");
    pass(Openings.LOOK_AFTER);
    assertThat(asked).isEmpty();
  }

  @Test
  void a_storage_that_is_away_is_asked_later() {
    answered("a", 0);
    append("a");
    store.refuseReads(StoreException.Kind.UNAVAILABLE);
    pass(Openings.LOOK_AFTER);
    assertThat(asked).isEmpty();
    store.recover();
    openings.look();
    assertThat(asked).containsExactly("a");
  }

  @Test
  void waiting_items_are_checked_when_the_process_ends() {
    answered("a", 0);
    append("a");
    openings.close();
    assertThat(asked).containsExactly("a");
  }
}
