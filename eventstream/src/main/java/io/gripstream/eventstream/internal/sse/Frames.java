package io.gripstream.eventstream.internal.sse;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the bytes of a stream (WHATWG HTML, section 9.2). Fields have a fixed order:
 * {@code event}, {@code id}, {@code data}. The caller has checked that types and ids have no CR, LF
 * or NUL.
 */
public final class Frames {
  /** Sent after a time without other bytes. */
  public static final String KEEP_ALIVE = "event: keep-alive\ndata:\n\n";

  private static final byte[] OPENING =
      (":" + " ".repeat(2048) + "\n\nevent: stream-open\n").getBytes(StandardCharsets.US_ASCII);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Frames() {}

  /**
   * Writes the first bytes of a connection: padding that makes old proxies pass it on, and
   * {@code stream-open}.
   */
  public static void open(FrameBuffer out, Position position) {
    out.append(OPENING);
    id(out, position);
    out.ascii("data:\n\n");
  }

  /**
   * Writes the {@code retry} field of the following event: the time after which the client of an
   * ended stream reconnects.
   */
  public static void retry(FrameBuffer out, Duration after) {
    out.ascii("retry: " + after.toMillis() + "\n");
  }

  /** Writes one event; {@code position} null or empty: without an id. */
  public static void event(FrameBuffer out, String type, @Nullable Position position, String data) {
    type(out, type);
    if (position != null) {
      id(out, position);
    }
    data(out, data);
  }

  /** Writes one event with any id. */
  public static void eventWithId(FrameBuffer out, String type, String id, String data) {
    type(out, type);
    out.ascii("id: ").ascii(id).ascii("\n");
    data(out, data);
  }

  /** Writes which channels' histories do not reach back to the client's position, and why. */
  public static void reset(FrameBuffer out, Map<String, ResetReason> resets, Position after) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("channels", resets.keySet());
    Map<String, String> reasons = new LinkedHashMap<>();
    resets.forEach((channel, reason) -> reasons.put(channel, reason.word()));
    data.put("reasons", reasons);
    event(out, "stream-reset", after, JSON.writeValueAsString(data));
  }

  /** Writes why a stream is refused or ends. */
  public static void error(
      FrameBuffer out, Condition condition, String text, Collection<String> channels) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("condition", condition.word());
    data.put("text", text);
    if (condition == Condition.FORBIDDEN) {
      data.put("channels", channels);
    }
    out.ascii("event: stream-error\n");
    if (condition.isFinal()) {
      out.ascii("id: error\n");
    }
    data(out, JSON.writeValueAsString(data));
  }

  private static void type(FrameBuffer out, String type) {
    out.ascii("event: ").utf8(type).ascii("\n");
  }

  private static void id(FrameBuffer out, Position position) {
    if (!position.isEmpty()) {
      out.ascii("id: ").ascii(position.encode()).ascii("\n");
    }
  }

  private static void data(FrameBuffer out, String data) {
    int start = 0;
    for (int i = 0; i < data.length(); i++) {
      char c = data.charAt(i);
      if (c == '\n' || c == '\r') {
        dataLine(out, data.substring(start, i));
        if (c == '\r' && i + 1 < data.length() && data.charAt(i + 1) == '\n') {
          i++;
        }
        start = i + 1;
      }
    }
    dataLine(out, start == 0 ? data : data.substring(start));
    out.ascii("\n");
  }

  private static void dataLine(FrameBuffer out, String line) {
    out.ascii("data: ").utf8(line).ascii("\n");
  }
}
