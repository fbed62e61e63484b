package io.gripstream.grip.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PushpinExtensionIT {
  @RegisterExtension
  static final PushpinExtension SHARED = PushpinExtension.create();

  private static Pushpin shared;

  @RegisterExtension
  final PushpinExtension own = PushpinExtension.create();

  @BeforeAll
  static void runs_before_all() {
    shared = SHARED.pushpin();
  }

  @AfterAll
  static void ran_until_the_end() {
    assertThat(SHARED.pushpin()).isSameAs(shared);
  }

  @Test
  void a_static_field_has_one_for_all_tests_and_another_field_one_for_each() {
    assertThat(SHARED.pushpin()).isSameAs(shared).isNotSameAs(own.pushpin());
    assertThat(SHARED.originPort()).isNotEqualTo(own.originPort());
    assertThat(own.pushpin().uri()).isNotEqualTo(shared.uri());
  }

  @Test
  void one_that_is_not_registered_says_so() {
    assertThatThrownBy(() -> PushpinExtension.create().pushpin())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("@RegisterExtension");
  }

  @Nested
  class Inside {
    @Test
    void nested_tests_have_the_same_one() {
      assertThat(SHARED.pushpin()).isSameAs(shared);
    }
  }
}
