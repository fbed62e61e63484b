package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an event type may be. */
class DraftTest {
  @ParameterizedTest
  @ValueSource(strings = {"stream-open", "stream-reset", "stream-error", "keep-alive"})
  void types_of_the_streams_own_events_are_refused(String type) {
    assertThatThrownBy(() -> Draft.of("a", type, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "event type \"" + type + "\" is reserved for the stream itself; choose another name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"stream-started", "stream-", "Stream-Open", "keep-alive-now", "größe", "a b"})
  void others_that_begin_like_them_are_the_users(String type) {
    assertThat(Draft.of("a", type, "x").type()).isEqualTo(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " a",
        "a\t",
        "\u00a0a",
        "a\nb",
        "a\rb",
        "a\u0000b",
        "a\u2028b",
        "a\u202eb",
        "a\u200bb",
        "\ud800"
      })
  void types_that_a_listener_could_not_name_are_refused(String type) {
    assertThatThrownBy(() -> Draft.of("a", type, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("event type ");
  }
}
