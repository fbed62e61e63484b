package io.gripstream.grip.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WebSocketEventsTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static WebSocketEvent text(String content) {
    return new WebSocketEvent(WebSocketEvent.Type.TEXT, bytes(content));
  }

  @Test
  void writes_lengths_in_hex_and_in_bytes() {
    List<WebSocketEvent> events = List.of(
        WebSocketEvent.of(WebSocketEvent.Type.OPEN),
        text("é€😀 0123456789"),
        text(""),
        new WebSocketEvent(WebSocketEvent.Type.CLOSE, new byte[] {3, -24}));

    byte[] body = WebSocketEvents.encode(events);

    assertThat(new String(body, StandardCharsets.ISO_8859_1))
        .startsWith("OPEN\r\nTEXT 14\r\n")
        .endsWith("\r\nTEXT 0\r\n\r\nCLOSE 2\r\n\u0003\u00e8\r\n");
    assertThat(WebSocketEvents.decode(body)).isEqualTo(events);
  }

  @Test
  void an_empty_message_may_come_without_length() {
    assertThat(WebSocketEvents.decode(bytes("TEXT\r\nBINARY 0\r\n\r\nPING 1\r\nx\r\n")))
        .extracting(event -> event.bytes().length)
        .containsExactly(0, 0, 1);
    assertThat(WebSocketEvents.decode(new byte[0])).isEmpty();
  }

  @Test
  void unknown_events_are_left_out() {
    assertThat(WebSocketEvents.decode(bytes("NEW 2\r\nab\r\nOLD\r\nTEXT A\r\n0123456789\r\n")))
        .containsExactly(text("0123456789"));
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        arguments("TEXT", "a line has no end (offset 0)"),
        arguments("OPEN\r\nTEXT", "a line has no end (offset 6)"),
        arguments("OPEN\r\n\r\n", "an event has no type (offset 6)"),
        arguments("TEXT \r\n", "not a hexadecimal number (offset 5)"),
        arguments("TEXT -1\r\n\r\n", "not a hexadecimal number (offset 5)"),
        arguments("TEXT x\r\n\r\n", "not a hexadecimal number (offset 5)"),
        arguments("TEXT 5\r\nabc\r\n", "a length of 5 exceeds the 5 bytes left (offset 5)"),
        arguments("TEXT 7fffffff\r\na\r\n", "a length of 2147483647 exceeds"),
        arguments("TEXT ffffffff\r\na\r\n", "a length of 4294967295 exceeds"),
        arguments("TEXT fffffffff\r\na\r\n", "not a hexadecimal number"),
        arguments("TEXT 2\r\nabc\r\n", "a content does not end in CRLF (offset 10)"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformed_bodies_are_refused_with_the_offset(String body, String problem) {
    assertThatThrownBy(() -> WebSocketEvents.decode(bytes(body)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("malformed WebSocket events: ")
        .hasMessageContaining(problem);
  }

  @Test
  void random_events_survive_and_truncated_ones_never_become_others() {
    var random = new Random(1);
    for (int round = 0; round < 200; round++) {
      List<WebSocketEvent> events = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        byte[] content = new byte[random.nextInt(40)];
        random.nextBytes(content);
        WebSocketEvent.Type[] types = WebSocketEvent.Type.values();
        events.add(new WebSocketEvent(
            types[random.nextInt(types.length)], random.nextInt(4) == 0 ? null : content));
      }
      byte[] body = WebSocketEvents.encode(events);
      assertThat(WebSocketEvents.decode(body)).isEqualTo(events);
      byte[] cut = Arrays.copyOf(body, random.nextInt(body.length));
      try {
        List<WebSocketEvent> some = WebSocketEvents.decode(cut);
        assertThat(events.subList(0, some.size())).isEqualTo(some);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("offset");
      }
    }
  }
}
