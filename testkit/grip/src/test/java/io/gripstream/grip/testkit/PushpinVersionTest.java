package io.gripstream.grip.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PushpinVersionTest {

  @Test
  void a_choice_is_in_order_and_has_each_once() {
    assertThat(PushpinVersion.parse("1.41, 1.36,1.41"))
        .containsExactly(PushpinVersion.V1_36, PushpinVersion.V1_41);
    assertThat(PushpinVersion.parse("1.36")).containsExactly(PushpinVersion.V1_36);
  }

  @Test
  void an_unknown_choice_is_an_error_that_names_it() {
    assertThatThrownBy(() -> PushpinVersion.parse("1.36,1.40"))
        .hasMessage("PUSHPIN_VERSIONS has \"1.40\"; the test kit knows 1.36, 1.41");
  }

  @Test
  void other_numbers_take_the_settings_of_the_one_that_they_are_like() {
    assertThat(PushpinVersion.like("1.36.0")).isEqualTo(PushpinVersion.V1_36);
    assertThat(PushpinVersion.like("1.39.1")).isEqualTo(PushpinVersion.V1_36);
    assertThat(PushpinVersion.like("1.40.1")).isEqualTo(PushpinVersion.V1_41);
    assertThat(PushpinVersion.like("2.0")).isEqualTo(PushpinVersion.V1_41);
  }
}
