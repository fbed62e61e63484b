package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPositionTest {
  @ParameterizedTest
  @ValueSource(strings = {"a:5,b%20c:0,.:kX3v", "a:5", "r%C3%A4ume/1:17,.:E1", ""})
  void written_form_is_read_back(String text) {
    assertThat(StreamPosition.parse(text)).hasToString(text);
    assertThat(StreamPosition.parse(text)).isEqualTo(StreamPosition.parse(text));
  }

  @Test
  void channels_and_epoch_can_be_asked_for() {
    StreamPosition position = StreamPosition.parse("b%20c:7,a:5,.:kX3v");

    assertThat(position.ids()).isEqualTo(Map.of("a", 5L, "b c", 7L));
    assertThat(position.ids().keySet()).containsExactly("a", "b c");
    assertThat(position.epoch()).hasValue("kX3v");
    assertThat(position).isEqualTo(StreamPosition.of(Map.of("b c", 7L, "a", 5L), "kX3v"));
  }

  @Test
  void first_pair_of_a_channel_applies_if_a_proxy_lists_it_again() {
    assertThat(StreamPosition.parse("a:6,a:5,b:1,.:E")).hasToString("a:6,b:1,.:E");
  }

  @Test
  void position_of_a_sent_event_is_the_id_that_clients_get() {
    try (EventStream events = EventStream.create(config -> config.store(EventStores.memory()))) {
      Sent sent = events.send("news", "message", "x");

      assertThat(sent.position()).hasValue(events.currentPosition(List.of("news")));
      assertThat(sent.position().orElseThrow().ids()).isEqualTo(Map.of("news", 1L));
    }
  }

  @Test
  void unreliable_channels_have_none() {
    try (EventStream events = EventStream.create(config -> {})) {
      assertThat(events.send("news", "message", "x").position()).isEmpty();
      assertThat(events.currentPosition(List.of("news"))).isSameAs(StreamPosition.EMPTY);
    }
  }

  @Test
  void position_of_more_channels_than_a_stream_may_have_is_refused() {
    try (EventStream events = EventStream.create(config -> config.maxChannels(2))) {
      assertThat(events.currentPosition(List.of("b", "a", "b"))).isSameAs(StreamPosition.EMPTY);
      assertThatThrownBy(() -> events.currentPosition(List.of("a", "b", "c")))
          .isInstanceOf(InvalidValueException.class)
          .hasMessage("a position of 3 channels: a stream may have 2 (maxChannels)");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a:", "a:-1", "a:nine", ":5", "a:5,", "a:5,.:", "a:5,.:a b", ".:E", "%zz:1"})
  void text_that_is_no_position_is_refused(String text) {
    assertThatThrownBy(() -> StreamPosition.parse(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("position ");
  }
}
