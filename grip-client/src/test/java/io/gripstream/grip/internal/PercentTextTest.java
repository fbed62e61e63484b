package io.gripstream.grip.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentTextTest {
  @Test
  void text_is_decoded_as_utf_8() {
    assertThat(PercentText.decode("a%2Fb%c3%bc\u00fc%F0%9F%98%80"))
        .isEqualTo("a/b\u00fc\u00fc\ud83d\ude00");
    assertThat(PercentText.decode("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%4", "%zz", "%4z", "a%", "%ff", "%C3", "%ED%A0%80", "%C0%80"})
  void an_invalid_one_is_reported(String written) {
    assertThat(PercentText.decode(written)).isNull();
    assertThat(PercentText.undecodable("a=1&b=" + written, "b"::equals)).isEqualTo("b");
    assertThat(PercentText.undecodable("a=1&b=" + written, "a"::equals)).isNull();
  }

  @Test
  void names_are_decoded_before_they_are_compared() {
    assertThat(PercentText.undecodable("%62=%zz", "b"::equals)).isEqualTo("b");
    assertThat(PercentText.undecodable("%zz=%zz&b&&=", name -> true)).isNull();
    assertThat(PercentText.undecodable(null, name -> true)).isNull();
  }
}
