package io.gripstream.eventstream.internal.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PositionTest {
  @Test
  void is_written_in_order_of_names_with_the_epoch_last() {
    Position position = Position.of(Map.of("b", 2L, "a", 1L), "x7");

    assertThat(position.encode()).isEqualTo("a:1,b:2,.:x7");
    assertThat(position.channels()).isEqualTo(List.of("a", "b"));
  }

  @Test
  void encodes_names_as_pythons_quote_does() {
    Position position = Position.of(Map.of("ä b,c:d/e~f+g%\"😀", 3L), "e");

    assertThat(position.encode()).isEqualTo("%C3%A4%20b%2Cc%3Ad/e~f%2Bg%25%22%F0%9F%98%80:3,.:e");
  }

  @Test
  void moves_on_one_channel_and_leaves_the_old_value_alone() {
    Position before = Position.of(Map.of("a", 1L, "b", 2L), "e");

    Position after = before.with("b", 3);

    assertThat(after.encode()).isEqualTo("a:1,b:3,.:e");
    assertThat(before.encode()).isEqualTo("a:1,b:2,.:e");
    assertThat(after.reaches(before)).isTrue();
    assertThat(before.reaches(after)).isFalse();
  }

  @Test
  void is_empty_without_a_reliable_channel() {
    assertThat(Position.of(Map.of(), "e").encode()).isEmpty();
  }

  @Test
  void names_the_channel_it_does_not_know() {
    assertThatThrownBy(() -> Position.of(Map.of("a", 1L), "e").id("b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"b\"");
  }
}
