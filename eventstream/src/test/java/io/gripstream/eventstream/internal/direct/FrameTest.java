package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameTest {
  @ParameterizedTest
  @CsvSource({"1,1", "15,f", "16,10", "255,ff", "256,100", "4096,1000", "65535,ffff"})
  void chunk_begins_with_its_length_in_hex(int length, String hex) {
    String content = "x".repeat(length);
    Frame frame = Frame.of(bytes(content));

    assertThat(text(frame.buffer(true))).isEqualTo(hex + "\r\n" + content + "\r\n");
    assertThat(text(frame.buffer(false))).isEqualTo(content);
    assertThat(frame.length(true)).isEqualTo(hex.length() + length + 4);
    assertThat(frame.length(false)).isEqualTo(length);
  }

  @Test
  void last_frame_ends_the_body() {
    assertThat(text(Frame.last(bytes("bye")).buffer(true))).isEqualTo("3\r\nbye\r\n0\r\n\r\n");
    assertThat(text(Frame.last(bytes("bye")).buffer(false))).isEqualTo("bye");
  }

  @Test
  void nothing_is_no_chunk_for_that_would_end_the_body() {
    assertThat(Frame.of(new byte[0]).length(true)).isZero();
    assertThat(text(Frame.last(new byte[0]).buffer(true))).isEqualTo("0\r\n\r\n");
  }

  @Test
  void rest_of_a_frame_begins_where_the_socket_stopped() {
    Frame frame = Frame.of(bytes("hello"));

    assertThat(text(frame.from(4, true))).isEqualTo("ello\r\n");
    assertThat(text(frame.from(4, false))).isEqualTo("o");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer).toString();
  }
}
