package io.gripstream.app.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelPatternTest {
  @ParameterizedTest
  @CsvSource({
    "news, news, true",
    "news, news2, false",
    "news, New, false",
    "room-*, room-7, true",
    "room-*, room-, true",
    "room-*, room, false",
    "room-*, my-room-7, false",
    "*, anything/at all, true"
  })
  void names_channels(String pattern, String channel, boolean matches) {
    assertThat(new ChannelPattern(pattern).matches(channel)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*-7", "a*b", "**"})
  void is_refused_if_it_promises_more(String pattern) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ChannelPattern(pattern));
  }

  @Test
  void none_of_none_matches() {
    assertThat(ChannelPattern.anyMatches(java.util.List.of(), "news")).isFalse();
  }
}
