package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.grip.GripProxy;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are refused where they are set, not further in. */
class EventStreamConfigTest {
  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.999S", "PT1.5S", "PT24H1S", "PT999999H"})
  void keep_alive_is_whole_seconds_up_to_a_day(String text) {
    Duration wrong = Duration.parse(text);

    assertThatThrownBy(() -> EventStream.create(config -> config.keepAlive(wrong)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keep-alive " + wrong + " must be whole seconds, from a second to a day");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1S", "PT24H"})
  void keep_alive_at_its_bounds_is_accepted(String text) {
    Duration bound = Duration.parse(text);

    assertThatCode(() -> EventStream.create(config -> config.keepAlive(bound)).close())
        .doesNotThrowAnyException();
  }

  @Test
  void password_in_a_public_address_is_not_repeated() {
    GripProxy proxy = GripProxy.parse("http://127.0.0.1:1");

    assertThatThrownBy(() -> EventStream.create(
            config -> config.proxy(proxy, URI.create("https://u:hidden@h.example/a;b"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https://h.example")
        .hasMessageNotContaining("hidden");
  }
}
