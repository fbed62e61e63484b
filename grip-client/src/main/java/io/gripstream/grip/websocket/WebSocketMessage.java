package io.gripstream.grip.websocket;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a client sent, or that it is gone. */
public sealed interface WebSocketMessage {

  /** Characters, which arrived as UTF-8. */
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
   * The client closes, or what it sent had to close the connection. It is answered by itself.
   *
   * @param code null if the client gave none
   */
  record Closed(@Nullable Integer code, String reason) implements WebSocketMessage {}

  /** The client is gone without a word; nothing reaches it any more. */
  record Disconnected() implements WebSocketMessage {}
}
