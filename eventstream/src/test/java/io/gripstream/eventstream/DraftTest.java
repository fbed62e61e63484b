package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of drafts. */
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

  @Test
  void data_is_text_as_it_is_and_anything_else_as_json() {
    assertThat(Draft.of("a", "m", "{ \"as\": \"it is\" }").data())
        .isEqualTo("{ \"as\": \"it is\" }");
    assertThat(Draft.of("a", "m", List.of(1, "b")).data()).isEqualTo("[1,\"b\"]");
    assertThat(Draft.of("a", "m", new JsonText("b")).data()).isEqualTo("\"b\"");
    assertThat(Draft.of("a", "m", null).data()).isEqualTo("null");
  }

  @Test
  void pattern_is_no_channel() {
    assertThatThrownBy(() -> Draft.of(List.of("a", "room-*"), "m", "x"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "channel name \"room-*\" has a *; patterns are for tokens, so name each channel");
    assertThat(ChannelNames.checkPattern("room-*")).isEqualTo("room-*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "a\u0000b", "a\u0085b", "\ud800"})
  void channels_that_would_break_a_line_or_are_no_text_are_refused(String channel) {
    assertThatThrownBy(() -> Draft.of(channel, "m", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("channel name has ");
  }

  @Test
  void reserved_channel_is_refused() {
    assertThatThrownBy(() -> Draft.of(".", "permission", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("channel name \".\" is reserved");
  }

  @Test
  void channels_keep_their_order() {
    assertThat(Draft.of("a", "m", "x").channels()).containsExactly("a");
    assertThat(Draft.of(List.of("b", "a"), "m", "x").withSkippedUsers("bob").channels())
        .containsExactly("b", "a");
    assertThat(Draft.of(List.of("a"), "m", "x")).isEqualTo(Draft.of("a", "m", "x"));
  }

  @Test
  void channels_are_one_to_a_hundred_and_each_named_once() {
    List<String> most =
        IntStream.range(0, Draft.MAX_CHANNELS).mapToObj(i -> "c" + i).toList();
    List<String> more = Stream.concat(Stream.of("c"), most.stream()).toList();

    assertThat(Draft.of(most, "m", "x").channels()).isEqualTo(most);
    assertThatThrownBy(() -> Draft.of(more, "m", "x"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("the event has more than 100 channels; send it in several parts");
    assertThatThrownBy(() -> Draft.of(List.of(), "m", "x"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("the event has no channel; it needs at least one");
    assertThatThrownBy(() -> Draft.of(List.of("a", "b", "a"), "m", "x"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("channel \"a\" is named twice; name each channel once");
    assertThatThrownBy(() -> Draft.of(List.of("a", "."), "m", "x"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("channel name \".\" is reserved");
  }

  @Test
  void changed_copy_leaves_the_draft_as_it_was() {
    Draft plain = Draft.of("a", "m", "x");
    Draft changed = plain.withSkippedUsers("bob", "bob", "eve").withIdempotencyKey("k");

    assertThat(plain.skippedUsers()).isEmpty();
    assertThat(plain.idempotencyKey()).isNull();
    assertThat(changed.skippedUsers()).containsExactlyInAnyOrder("bob", "eve");
    assertThat(changed.idempotencyKey()).isEqualTo("k");
    assertThat(changed.withSkippedUsers().withIdempotencyKey(null))
        .isEqualTo(plain)
        .hasSameHashCodeAs(plain);
    assertThat(changed.withSkippedUsers("ann").skippedUsers()).containsExactly("ann");
  }

  @Test
  void skipped_users_and_keys_follow_the_rules() {
    Draft draft = Draft.of("a", "m", "x");
    assertThatThrownBy(() -> draft.withSkippedUsers("a,b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("skipped user has U+002C at index 1");
    assertThatThrownBy(() -> draft.withIdempotencyKey(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("idempotency key is empty");
  }
}
