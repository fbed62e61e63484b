package io.gripstream.grip.websocket;

import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.internal.Json;
import io.gripstream.grip.internal.WireText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Makes the events that an application sends: messages for the client, commands for the proxy, and
 * closes.
 */
final class OutgoingEvents {
  /** Marks a message for the client if the extension {@code grip} is on. */
  private static final byte[] MESSAGE = {'m', ':'};

  /** Marks a message for the proxy. */
  private static final byte[] CONTROL = {'c', ':'};

  private OutgoingEvents() {}

  /** A message for the client: {@code TEXT} or {@code BINARY}. */
  static WebSocketEvent message(WebSocketEvent.Type type, byte[] content) {
    return new WebSocketEvent(type, concat(MESSAGE, content));
  }

  static WebSocketEvent close(int code, String reason) {
    WireText.requireCloseCode(code);
    byte[] text = WireText.requireCloseReason(reason);
    byte[] content = concat(new byte[] {(byte) (code >> 8), (byte) code}, text);
    return new WebSocketEvent(WebSocketEvent.Type.CLOSE, content);
  }

  static WebSocketEvent subscribe(String channel, List<String> filters) {
    return command("subscribe", json -> {
      json.writeStringProperty("channel", channel);
      if (!filters.isEmpty()) {
        Json.strings(json, "filters", filters);
      }
    });
  }

  static WebSocketEvent unsubscribe(String channel) {
    return command("unsubscribe", json -> json.writeStringProperty("channel", channel));
  }

  static WebSocketEvent setMeta(String name, @Nullable String value) {
    return command("set-meta", json -> {
      json.writeStringProperty("name", name);
      if (value != null) {
        json.writeStringProperty("value", WireText.requireText("meta " + name, value));
      }
    });
  }

  static WebSocketEvent keepAlive(@Nullable KeepAlive keepAlive) {
    return command("keep-alive", json -> {
      if (keepAlive != null) {
        byte[] content = keepAlive.content();
        Json.bytes(json, "content", content);
        json.writeStringProperty("message-type", Json.utf8(content) == null ? "binary" : "text");
        json.writeNumberProperty("timeout", keepAlive.timeout().toSeconds());
        json.writeStringProperty("mode", keepAlive.mode().name().toLowerCase(Locale.ROOT));
      }
    });
  }

  static WebSocketEvent detach() {
    return command("detach", json -> {});
  }

  private static WebSocketEvent command(String type, Consumer<JsonGenerator> members) {
    byte[] message = Json.object(json -> {
      json.writeStringProperty("type", type);
      members.accept(json);
    });
    return new WebSocketEvent(WebSocketEvent.Type.TEXT, concat(CONTROL, message));
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
