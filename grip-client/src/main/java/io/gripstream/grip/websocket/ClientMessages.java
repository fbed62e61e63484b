package io.gripstream.grip.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads a client's message from the event that carried it. */
final class ClientMessages {

  /** The code for text that is not UTF-8 (RFC 6455, 7.4.1). */
  private static final int INVALID_PAYLOAD = 1007;

  private static final int PROTOCOL_ERROR = 1002;

  /** The message breaks the protocol. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    Malformed(int code, String message) {
      super(message);
      this.code = code;
    }

    /** The close code. */
    int code() {
      return code;
    }
  }

  private ClientMessages() {}

  /** Returns the message in an event. */
  static WebSocketMessage of(WebSocketEvent event) throws Malformed {
    return switch (event.type()) {
      case TEXT -> new WebSocketMessage.Text(text("a text message", event.bytes(), 0));
      case BINARY -> new WebSocketMessage.Binary(event.bytes());
      case CLOSE -> closed(event.bytes());
      case OPEN, PING, PONG, DISCONNECT ->
        throw new IllegalArgumentException(event + " is not a message");
    };
  }

  private static WebSocketMessage closed(byte[] content) throws Malformed {
    if (content.length == 0) {
      return new WebSocketMessage.Closed(null, "");
    }
    if (content.length == 1) {
      throw new Malformed(PROTOCOL_ERROR, "a close has one byte of content: too short for a code");
    }
    int code = ByteBuffer.wrap(content).getShort() & 0xffff;
    return new WebSocketMessage.Closed(code, text("a close reason", content, 2));
  }

  private static String text(String what, byte[] content, int offset) throws Malformed {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content, offset, content.length - offset))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Malformed(INVALID_PAYLOAD, what + " is not UTF-8");
    }
  }
}
