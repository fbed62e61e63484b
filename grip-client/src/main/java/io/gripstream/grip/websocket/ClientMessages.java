package io.gripstream.grip.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What a client said, from the event that carried it. */
final class ClientMessages {

  private ClientMessages() {}

  /**
   * The message in an event.
   *
   * @throws IllegalArgumentException if a text is not UTF-8 or a close is malformed
   */
  static WebSocketMessage of(WebSocketEvent event) {
    return switch (event.type()) {
      case TEXT -> new WebSocketMessage.Text(text("a text message", event.bytes(), 0));
      case BINARY -> new WebSocketMessage.Binary(event.bytes());
      case CLOSE -> closed(event.bytes());
      case DISCONNECT -> new WebSocketMessage.Disconnected();
      case OPEN, PING, PONG -> throw new IllegalArgumentException(event + " is no message");
    };
  }

  private static WebSocketMessage closed(byte[] content) {
    if (content.length == 0) {
      return new WebSocketMessage.Closed(null, "");
    }
    if (content.length == 1) {
      throw new IllegalArgumentException("a close has one byte of content: too short for a code");
    }
    int code = ByteBuffer.wrap(content).getShort() & 0xffff;
    return new WebSocketMessage.Closed(code, text("a close reason", content, 2));
  }

  private static String text(String what, byte[] content, int offset) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content, offset, content.length - offset))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + " is not UTF-8", e);
    }
  }
}
