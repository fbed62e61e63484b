package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.DirectOptions;
import io.gripstream.eventstream.EventStreamConfig;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirectOptionsTest {
  @Test
  void one_option_changes_and_the_others_stay() {
    DirectOptions changed = DirectOptions.DEFAULT.with().maxPerUser(3).build();

    assertThat(changed.maxPerUser()).isEqualTo(3);
    assertThat(changed.with().maxPerUser(DirectOptions.UNLIMITED).build())
        .isEqualTo(DirectOptions.DEFAULT);
  }

  @Test
  void nonsense_is_refused_by_name() {
    assertThatThrownBy(() -> DirectOptions.DEFAULT.with().maxConnections(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxConnections 0 must be at least 1");
    assertThatThrownBy(
            () -> DirectOptions.DEFAULT.with().writeTimeout(Duration.ZERO).build())
        .hasMessage("writeTimeout PT0S must be from PT0.001S to P1D");
  }

  @Test
  void no_option_is_a_setting_of_the_event_stream_too_where_only_one_of_them_could_act() {
    assertThat(namesOf(DirectOptions.class))
        .doesNotContainAnyElementsOf(namesOf(EventStreamConfig.class));
  }

  private static List<String> namesOf(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(Method::getName)
        .toList();
  }
}
