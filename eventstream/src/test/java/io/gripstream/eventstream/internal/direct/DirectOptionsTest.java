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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DirectOptionsTest {
  @Test
  void one_option_changes_and_the_others_stay() throws ReflectiveOperationException {
    for (Method with : DirectOptions.class.getDeclaredMethods()) {
      if (!Modifier.isPublic(with.getModifiers()) || !with.getName().startsWith("with")) {
        continue;
      }
      Object value = with.getParameterTypes()[0] == int.class ? 77 : Duration.ofMillis(77);
      Map<String, Object> before = values(DirectOptions.DEFAULT);
      Map<String, Object> after = values((DirectOptions) with.invoke(DirectOptions.DEFAULT, value));

      assertThat(before).doesNotContainValue(value).isEqualTo(values(DirectOptions.DEFAULT));
      before.put(optionOf(with), value);
      assertThat(after).isEqualTo(before);
    }
  }

  private static String optionOf(Method with) {
    return with.getName().substring(4, 5).toLowerCase(Locale.ROOT)
        + with.getName().substring(5);
  }

  private static Map<String, Object> values(DirectOptions options)
      throws ReflectiveOperationException {
    Map<String, Object> values = new TreeMap<>();
    for (Method method : DirectOptions.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 0) {
        values.put(method.getName(), method.invoke(options));
      }
    }
    return values;
  }

  @Test
  void nonsense_is_refused_by_name() {
    assertThatThrownBy(() -> DirectOptions.DEFAULT.withMaxStreams(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxStreams 0 must be at least 1");
    assertThatThrownBy(() -> DirectOptions.DEFAULT.withWriteTimeout(Duration.ZERO))
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
