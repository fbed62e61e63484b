package io.gripstream.grip.websocket;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A message of a client, or the end of its connection. */
public sealed interface WebSocketMessage {

  /** Text, which arrived as UTF-8. */
  record Text(String text) implements WebSocketMessage {}

  /** Bytes of any kind. */
  record Binary(byte[] content) implements WebSocketMessage {
    public Binary {
      content = content.clone();
    }

    @Override
    public byte[] content() {
      return content.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Binary that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(content);
    }
  }

  /**
   * The client closes the connection, or broke the protocol and is disconnected. Answered
   * automatically.
   *
   * @param code null if the client gave none
   */
  record Closed(@Nullable Integer code, String reason) implements WebSocketMessage {}

  /** The client is gone without a close; nothing reaches it any more. */
  record Disconnected() implements WebSocketMessage {}
}
