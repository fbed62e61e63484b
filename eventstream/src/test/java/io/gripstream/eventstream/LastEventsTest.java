package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link EventStream#last}; the channel "lossy" is not stored. */
class LastEventsTest {
  private final EventStream events = EventStream.create(config -> config
      .store(EventStores.memory())
      .channelRules(channel ->
          channel.equals("lossy") ? ChannelRules.DEFAULT.unreliable() : ChannelRules.DEFAULT));

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void last_events_come_oldest_first_and_fewer_if_there_are_no_more() {
    send("1", "2", "3");

    assertThat(last(null, 1)).containsExactly("3");
    assertThat(last(null, 2)).containsExactly("2", "3");
    assertThat(last(null, 1_000)).containsExactly("1", "2", "3");
    assertThat(page("other", 5).events()).isEmpty();
  }

  @Test
  void events_that_skip_the_user_count_but_are_left_out() {
    send("1", "2");
    events.send(Draft.of("a", "message", "not for ann").withSkippedUsers("ann"));

    assertThat(last("ann", 2)).containsExactly("2");
    assertThat(last("ann", 1)).isEmpty();
    assertThat(last("bob", 2)).containsExactly("2", "not for ann");
    assertThat(last(null, 2)).containsExactly("2", "not for ann");
  }

  @Test
  void forgotten_events_are_not_among_them() {
    send("1", "2", "3");
    assertThat(events.forget("a", 2)).isEqualTo(2);
    assertThat(last(null, 3)).containsExactly("3");
    assertThat(events.forget("a")).isEqualTo(3);
    assertThat(last(null, 3)).isEmpty();

    send("4");
    HistoryPage page = page("a", 3);
    assertThat(page.events()).extracting(Event::id).containsExactly(4L);
    assertThat(page.next()).isEqualTo(4);
    assertThat(page.last()).isEqualTo(4);
    assertThat(page.trimmed()).isEqualTo(3);
  }

  @Test
  void long_events_are_fewer_and_the_newest_is_among_them() {
    for (int i = 1; i <= 60; i++) {
      send(i + "x".repeat(60_000));
    }

    HistoryPage page = page("a", 60);
    assertThat(page.next()).isEqualTo(60);
    assertThat(page.events()).hasSizeBetween(1, 59).last().extracting(Event::id).isEqualTo(60L);
  }

  @Test
  void unreliable_channel_has_none() {
    events.send("lossy", "message", "gone");

    assertThat(events.last("lossy", null, 1)).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_001})
  void number_out_of_range_is_refused(int count) {
    assertThatThrownBy(() -> events.last("a", null, count))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("last " + count + " events: must be from 1 to 1000");
  }

  private void send(String... data) {
    for (String text : data) {
      events.send("a", "message", text);
    }
  }

  private List<String> last(@Nullable String user, int count) {
    return events.last("a", user, count).orElseThrow().events().stream()
        .map(Event::data)
        .toList();
  }

  private HistoryPage page(String channel, int count) {
    return events.last(channel, null, count).orElseThrow();
  }
}
