package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;

/**
 * Bytes that the proxy sends to a held stream when it sends nothing else.
 *
 * @param content the bytes, at least one
 * @param timeout time before they are sent; whole seconds, at least 1. Pushpin waits up to a second
 *     less
 * @param mode which sends restart the timeout
 */
public record KeepAlive(byte[] content, Duration timeout, Mode mode) {

  /** Which sends restart the time until the next keep-alive. */
  public enum Mode {
    /** Every item. */
    IDLE,
    /** Only a keep-alive: they come at a fixed interval. */
    INTERVAL
  }

  /** @throws IllegalArgumentException if the content is empty or the timeout not whole seconds */
  public KeepAlive {
    if (content.length == 0) {
      throw new IllegalArgumentException("the content of a keep-alive must not be empty");
    }
    content = content.clone();
    Seconds.require("timeout of the keep-alive", timeout);
    Objects.requireNonNull(mode, "mode");
  }

  /** Makes a keep-alive for this idle time. */
  public static KeepAlive of(String content, Duration timeout) {
    WireText.requireUnicode("keep-alive", content);
    return new KeepAlive(content.getBytes(StandardCharsets.UTF_8), timeout, Mode.IDLE);
  }

  /** Returns the same keep-alive in another mode. */
  public KeepAlive withMode(Mode other) {
    return new KeepAlive(content, timeout, other);
  }

  @Override
  public byte[] content() {
    return content.clone();
  }

  /** The value of {@code Grip-Keep-Alive}: text with escapes, or base64 if that is shorter. */
  String headerValue() {
    String text = cstring(content);
    String base64 = Base64.getEncoder().encodeToString(content);
    // Escapes make binary content four times longer; text stays readable in a trace.
    boolean readable = text.length() <= 2 * base64.length();
    return "%s; format=%s; timeout=%d; mode=%s"
        .formatted(
            readable ? text : base64,
            readable ? "cstring" : "base64",
            timeout.toSeconds(),
            mode.name().toLowerCase(Locale.ROOT));
  }

  /** Pushpin knows only these escapes; a ';' ends the data, and blanks at its ends are trimmed. */
  private static String cstring(byte[] content) {
    var text = new StringBuilder();
    for (int i = 0; i < content.length; i++) {
      byte b = content[i];
      boolean atEnd = i == 0 || i == content.length - 1;
      switch (b) {
        case '\\' -> text.append("\\\\");
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        default -> {
          if (b < 0x20 || b == 0x7f || b == ';' || (b == ' ' && atEnd)) {
            text.append("\\x%02x".formatted(b & 0xff));
          } else {
            text.append((char) b);
          }
        }
      }
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeepAlive that
        && Arrays.equals(content, that.content)
        && timeout.equals(that.timeout)
        && mode == that.mode;
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(content), timeout, mode);
  }

  @Override
  public String toString() {
    return "KeepAlive[" + headerValue() + "]";
  }
}
