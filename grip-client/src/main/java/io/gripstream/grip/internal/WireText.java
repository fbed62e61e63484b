package io.gripstream.grip.internal;

import java.nio.charset.StandardCharsets;

/** Checks text that is sent, and explains each refusal. */
public final class WireText {

  /** U+FEFF. */
  public static final String BYTE_ORDER_MARK = "\uFEFF";

  private static final int MAX_REASON_BYTES = 123;

  private WireText() {}

  /** Half a surrogate pair has no UTF-8 form and would arrive as another character. */
  public static String requireUnicode(String what, String value) {
    int at = 0;
    while (at < value.length()) {
      // An unpaired half is returned as itself, a pair as one character.
      int point = value.codePointAt(at);
      if (point <= Character.MAX_VALUE && Character.isSurrogate((char) point)) {
        throw new IllegalArgumentException(
            what + " has half a surrogate pair at index " + at + ", which UTF-8 cannot express");
      }
      at += Character.charCount(point);
    }
    return value;
  }

  /**
   * Checks text that is sent as a JSON string, not as bytes. A leading byte order mark is refused,
   * because Pushpin drops it.
   */
  public static String requireText(String what, String value) {
    if (value.startsWith(BYTE_ORDER_MARK)) {
      throw new IllegalArgumentException(
          what + " starts with U+FEFF, a byte order mark, which the proxy would drop");
    }
    return requireUnicode(what, value);
  }

  /** Same as {@link #requireText}, and not empty. */
  public static String requireName(String what, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(what + " must not be empty");
    }
    return requireText(what, value);
  }

  /**
   * Returns whether it is printable ASCII: servers write other header values as ISO-8859-1 or
   * replace them.
   */
  public static boolean isPrintableAscii(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  /**
   * Checks a part of a header value whose grammar has no quoting: refuses characters that would end
   * it early.
   */
  public static String requireUnquoted(String what, String value, String separators) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c >= 0x7f || separators.indexOf(c) >= 0) {
        throw new IllegalArgumentException(
            "%s \"%s\" has %s at index %d, which a Grip header cannot carry: percent-encode it, or answer with application/grip-instruct"
                .formatted(what, printable(value), show(c), i));
      }
    }
    if (!value.equals(value.strip())) {
      throw new IllegalArgumentException(
          "%s \"%s\" starts or ends with a blank, which a Grip header cannot carry: percent-encode it"
              .formatted(what, value));
    }
    return value;
  }

  /** Checks a token of RFC 9110: names of headers, filters and meta entries. */
  public static String requireToken(String what, String value) {
    boolean token = !value.isEmpty()
        && value
            .chars()
            .allMatch(c -> (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    if (!token) {
      throw new IllegalArgumentException(
          "%s \"%s\" is not a token (letters, digits and !#$%%&'*+-.^_`|~)"
              .formatted(what, printable(value)));
    }
    return value;
  }

  /** Checks a close code that an endpoint may send (RFC 6455, 7.4). */
  public static int requireCloseCode(int code) {
    boolean sendable = (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
    if (!sendable) {
      throw new IllegalArgumentException("WebSocket close code " + code + " may not be sent");
    }
    return code;
  }

  /**
   * Checks the reason of a close: a control frame has 125 bytes, two of them the code (RFC 6455,
   * 5.5).
   */
  public static byte[] requireCloseReason(String reason) {
    byte[] text = requireText("reason", reason).getBytes(StandardCharsets.UTF_8);
    if (text.length > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "a WebSocket close reason has at most %d bytes, this one %d"
              .formatted(MAX_REASON_BYTES, text.length));
    }
    return text;
  }

  /** Escapes text for error messages, so that a control character cannot break a log line. */
  public static String printable(String value) {
    var text = new StringBuilder();
    value.chars().forEach(c -> {
      if (c >= 0x20 && c < 0x7f) {
        text.append((char) c);
      } else {
        text.append("\\u%04x".formatted(c));
      }
    });
    return text.toString();
  }

  private static String show(char c) {
    return c > 0x20 && c < 0x7f ? "'" + c + "'" : "U+%04X".formatted((int) c);
  }
}
