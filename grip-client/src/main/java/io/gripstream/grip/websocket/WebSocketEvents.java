package io.gripstream.grip.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes bodies of the type {@link #CONTENT_TYPE}: per event a line {@code TYPE [hex
 * length]} and, if there is a length, that number of bytes and a line end.
 */
public final class WebSocketEvents {

  /** The content type, without any parameter: Pushpin compares all of it. */
  public static final String CONTENT_TYPE = "application/websocket-events";

  /** Bodies of Pushpin are below 1 MB, so this is far above any real length. */
  private static final int MAX_LENGTH_DIGITS = 8;

  private WebSocketEvents() {}

  /** Writes events as bytes. */
  public static byte[] encode(List<WebSocketEvent> events) {
    var out = new ByteArrayOutputStream();
    for (WebSocketEvent event : events) {
      byte[] content = event.content();
      out.writeBytes(ascii(event.type().name()));
      if (content != null) {
        out.writeBytes(ascii(" " + Integer.toHexString(content.length)));
      }
      out.writeBytes(ascii("\r\n"));
      if (content != null) {
        out.writeBytes(content);
        out.writeBytes(ascii("\r\n"));
      }
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a body completely or throws. Events of an unknown type are left out.
   *
   * @throws IllegalArgumentException if the body is malformed; the message has the offset
   */
  public static List<WebSocketEvent> decode(byte[] body) {
    return new Decoder(body).all();
  }

  private static final class Decoder {
    private final byte[] body;
    private int at;

    Decoder(byte[] body) {
      this.body = body;
    }

    List<WebSocketEvent> all() {
      var events = new ArrayList<WebSocketEvent>();
      while (at < body.length) {
        WebSocketEvent event = next();
        if (event != null) {
          events.add(event);
        }
      }
      return events;
    }

    private @Nullable WebSocketEvent next() {
      int start = at;
      String line = line();
      int blank = line.indexOf(' ');
      String name = blank < 0 ? line : line.substring(0, blank);
      if (name.isEmpty()) {
        throw malformed("an event has no type", start);
      }
      byte[] content = blank < 0 ? null : content(line.substring(blank + 1), start + blank + 1);
      for (WebSocketEvent.Type type : WebSocketEvent.Type.values()) {
        if (type.name().equals(name)) {
          return new WebSocketEvent(type, content);
        }
      }
      return null;
    }

    private String line() {
      for (int i = at; i + 1 < body.length; i++) {
        if (body[i] == '\r' && body[i + 1] == '\n') {
          String line = new String(body, at, i - at, StandardCharsets.ISO_8859_1);
          at = i + 2;
          return line;
        }
      }
      throw malformed("a line has no end", at);
    }

    private byte[] content(String digits, int offset) {
      boolean hex = !digits.isEmpty()
          && digits.length() <= MAX_LENGTH_DIGITS
          && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80);
      if (!hex) {
        throw malformed("a length is not a hexadecimal number", offset);
      }
      long length = Long.parseLong(digits, 16);
      if (length > body.length - at - 2L) {
        throw malformed(
            "a length of %d exceeds the %d bytes left".formatted(length, body.length - at), offset);
      }
      int end = at + (int) length;
      if (body[end] != '\r' || body[end + 1] != '\n') {
        throw malformed("a content does not end in CRLF", end);
      }
      byte[] content = Arrays.copyOfRange(body, at, end);
      at = end + 2;
      return content;
    }

    private static IllegalArgumentException malformed(String problem, int offset) {
      return new IllegalArgumentException(
          "malformed WebSocket events: " + problem + " (offset " + offset + ")");
    }
  }
}
