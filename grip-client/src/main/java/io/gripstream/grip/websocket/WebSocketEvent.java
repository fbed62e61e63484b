package io.gripstream.grip.websocket;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event of a WebSocket in a body.
 *
 * @param type the kind of event
 * @param content bytes, or null if the event has none; an empty message may come either way
 */
public record WebSocketEvent(Type type, byte @Nullable [] content) {

  /** The kinds of events; {@link #DISCONNECT} is a close without a close frame. */
  public enum Type {
    OPEN,
    TEXT,
    BINARY,
    PING,
    PONG,
    CLOSE,
    DISCONNECT
  }

  public WebSocketEvent {
    Objects.requireNonNull(type, "type");
    content = content == null ? null : content.clone();
  }

  /** An event without content. */
  public static WebSocketEvent of(Type type) {
    return new WebSocketEvent(type, null);
  }

  @Override
  public byte @Nullable [] content() {
    return content == null ? null : content.clone();
  }

  /** The content, empty if there is none. */
  public byte[] bytes() {
    return content == null ? new byte[0] : content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WebSocketEvent that
        && type == that.type
        && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return type + (content == null ? "" : "[" + content.length + " bytes]");
  }
}
