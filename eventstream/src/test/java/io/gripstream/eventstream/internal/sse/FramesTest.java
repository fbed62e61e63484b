package io.gripstream.eventstream.internal.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramesTest {
  private static final Position AT = Position.of(Map.of("a b", 7L), "e");

  @Test
  void a_connection_opens_with_padding_and_its_position() {
    assertThat(written(out -> Frames.open(out, AT)))
        .isEqualTo(":" + " ".repeat(2048) + "\n\nevent: stream-open\nid: a%20b:7,.:e\ndata:\n\n");
  }

  @Test
  void without_a_reliable_channel_there_is_no_id() {
    assertThat(written(out -> Frames.open(out, Position.of(Map.of(), ""))))
        .endsWith("event: stream-open\ndata:\n\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x|data: x/",
        "''|data: /",
        "a\\nb|data: a/data: b/",
        "a\\rb|data: a/data: b/",
        "a\\r\\nb|data: a/data: b/",
        "a\\n\\rb|data: a/data: /data: b/",
        "end\\n|data: end/data: /",
        "\\r\\n|data: /data: /",
        "id: 5|data: id: 5/",
        "grüße 😀|data: grüße 😀/"
      })
  void data_is_split_into_lines(String data, String lines) {
    String text = data.replace("\\n", "\n").replace("\\r", "\r");

    assertThat(written(out -> Frames.event(out, "message", AT, text)))
        .isEqualTo("event: message\nid: a%20b:7,.:e\n" + lines.replace('/', '\n') + "\n");
  }

  @Test
  void a_reset_says_which_channels_and_why() {
    String frame = written(out -> Frames.reset(
        out,
        new java.util.TreeMap<>(Map.of("a", ResetReason.EXPIRED, "b\"", ResetReason.UNKNOWN)),
        AT));

    assertThat(frame)
        .isEqualTo(
            "event: stream-reset\nid: a%20b:7,.:e\n"
                + "data: {\"channels\":[\"a\",\"b\\\"\"],\"reasons\":{\"a\":\"expired\",\"b\\\"\":\"unknown\"}}\n\n");
  }

  @Test
  void final_errors_have_the_id_error_and_retriable_ones_none() {
    assertThat(written(out -> Frames.error(out, Condition.FORBIDDEN, "No.", List.of("a"))))
        .isEqualTo("event: stream-error\nid: error\n"
            + "data: {\"condition\":\"forbidden\",\"text\":\"No.\",\"channels\":[\"a\"]}\n\n");
    assertThat(written(out -> Frames.error(out, Condition.SLOW, "Too slow.", List.of())))
        .isEqualTo(
            "event: stream-error\ndata: {\"condition\":\"slow\",\"text\":\"Too slow.\"}\n\n");
  }

  @Test
  void bytes_from_a_position_on_are_doubled() {
    FrameBuffer out = new FrameBuffer();
    Frames.event(out, "a%", null, "%%");
    int start = out.length();
    Frames.event(out, "b%", null, "%");

    out.writeTwice((byte) '%', start);

    assertThat(text(out)).isEqualTo("event: a%\ndata: %%\n\nevent: b%%\ndata: %%\n\n");
  }

  private static String written(Consumer<FrameBuffer> writer) {
    FrameBuffer out = new FrameBuffer();
    writer.accept(out);
    return text(out);
  }

  private static String text(FrameBuffer out) {
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }
}
