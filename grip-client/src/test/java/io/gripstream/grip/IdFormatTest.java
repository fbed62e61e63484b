package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdFormatTest {

  private static final GripPrefix PREFIX = new GripPrefix("p-");

  @Test
  void a_channel_in_parentheses_survives_the_prefix() {
    String format =
        IdFormat.escape("100%:") + IdFormat.lastIdOf("a)\\(b") + "." + IdFormat.lastIdOf("c");

    assertThat(format).isEqualTo("100%%:%(a\\)\\\\(b)s.%(c)s");
    assertThat(PREFIX.applyToInstructMeta(Map.of("id_format", format)))
        .isEqualTo(Map.of("id_format", "100%%:%(p-a\\)\\\\(b)s.%(p-c)s"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "a%b", "%(a", "%(a)", "%(a)x", "%I"})
  void malformed_formats_are_refused(String format) {
    assertThatThrownBy(() -> PREFIX.applyToInstructMeta(Map.of("id_format", format)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("malformed at index");
  }

  @Test
  void prefix_is_put_on_and_taken_off() {
    assertThat(PREFIX.apply("a")).isEqualTo("p-a");
    assertThat(PREFIX.strip("p-a")).contains("a");
    assertThat(PREFIX.strip("a")).isEmpty();
    assertThat(PREFIX.applyToItemMeta(Map.of("require_sub", "a", "x", "y")))
        .isEqualTo(Map.of("require_sub", "p-a", "x", "y"));
    assertThat(PREFIX.applyToItemMeta(Map.of("x", "y"))).isEqualTo(Map.of("x", "y"));
    assertThatThrownBy(() -> new GripPrefix("a,")).hasMessageContaining("GRIP_PREFIX \"a,\"");
  }
}
