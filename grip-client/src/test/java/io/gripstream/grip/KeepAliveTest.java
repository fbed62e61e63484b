package io.gripstream.grip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeepAliveTest {

  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("event: keep-alive\ndata:\n\n", "event: keep-alive\\ndata:\\n\\n"),
        arguments(":\r\n", ":\\r\\n"),
        arguments("a;b,c", "a\\x3bb,c"),
        arguments("back\\slash", "back\\\\slash"),
        arguments(" a b ", "\\x20a b\\x20"),
        arguments("é", "\\xc3\\xa9"),
        arguments("tab\there", "tab\\x09here"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void writes_text_with_the_escapes_that_pushpin_knows(String content, String data) {
    assertThat(KeepAlive.of(content, Duration.ofSeconds(20)).headerValue())
        .isEqualTo(data + "; format=cstring; timeout=20; mode=idle");
  }

  @Test
  void writes_binary_content_as_base64() {
    byte[] content = new byte[] {0, 1, 2, 3, (byte) 0xff, (byte) 0xfe};

    assertThat(new KeepAlive(content, Duration.ofSeconds(5), KeepAlive.Mode.INTERVAL).headerValue())
        .isEqualTo("AAECA//+; format=base64; timeout=5; mode=interval");
  }

  @Test
  void keeps_its_own_copy_of_the_bytes() {
    byte[] content = "a".getBytes(StandardCharsets.UTF_8);
    KeepAlive keepAlive = new KeepAlive(content, Duration.ofSeconds(5), KeepAlive.Mode.IDLE);
    content[0] = 'b';
    keepAlive.content()[0] = 'c';

    assertThat(keepAlive).isEqualTo(KeepAlive.of("a", Duration.ofSeconds(5)));
  }

  @Test
  void refuses_values_that_the_header_cannot_carry() {
    assertThatThrownBy(() -> KeepAlive.of("", Duration.ofSeconds(5)))
        .hasMessage("the content of a keep-alive must not be empty");
    assertThatThrownBy(() -> KeepAlive.of("a", Duration.ofMillis(1500)))
        .hasMessage("timeout of the keep-alive is PT1.5S, but GRIP counts in whole seconds from 1");
    assertThatThrownBy(() -> KeepAlive.of("a", Duration.ZERO)).hasMessageContaining("PT0S");
  }
}
