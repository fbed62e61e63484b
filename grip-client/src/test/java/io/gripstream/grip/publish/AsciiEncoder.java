package io.gripstream.grip.publish;

import io.gripstream.grip.GripKey;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.websocket.WebSocketContext;
import io.gripstream.grip.websocket.WebSocketEvents;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/** Prints bytes that we make, for a process whose default charset is another one. */
final class AsciiEncoder {

  private AsciiEncoder() {}

  public static void main(String[] args) {
    System.out.println(Charset.defaultCharset() + " " + text());
  }

  static String text() {
    WebSocketContext ws =
        WebSocketContext.read(AsciiEncoder::headers, new byte[0], GripPrefix.NONE);
    ws.send("é€😀");
    byte[] instruct =
        Instruct.stream().channel("é€😀").build().toJson(Instruct.Answer.ok("a/b", new byte[] {1}));
    return String.join(
        " ",
        hex(Item.stream("é", "€😀").toJson()),
        hex(ws.response().body()),
        hex(instruct),
        hex(KeepAlive.of("é€😀", Duration.ofSeconds(1)).content()),
        String.valueOf(GripKey.parse("é€😀").equals(GripKey.parse("base64:w6nigqzwn5iA"))));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** Of a WebSocket-over-HTTP request. */
  static List<String> headers(String name) {
    return List.of(name.equals("Content-Type") ? WebSocketEvents.CONTENT_TYPE : "c");
  }
}
