package io.gripstream.eventstream;

import java.nio.charset.StandardCharsets;

/**
 * Checks and encodes channel names. The written form is percent-encoded UTF-8 (RFC 3986, section
 * 2.1) as Python's {@code quote} writes it: {@code A–Z a–z 0–9 _ . - ~ /} are not encoded. Pure
 * functions.
 */
public final class ChannelNames {
  /** Maximum length of a name, in bytes of its written form. */
  public static final int MAX_BYTES = 255;

  /**
   * The reserved channel on which the processes of one storage talk to each other. No client can
   * read it, and no application can send on it.
   */
  public static final String RESERVED = ".";

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private ChannelNames() {}

  /**
   * Returns the name if it is a valid channel name.
   *
   * @throws InvalidValueException if it is empty, {@code .}, longer than {@link #MAX_BYTES}, or
   *     contains a control character, an invisible character, half a surrogate pair, or a
   *     {@code *}, which is for patterns
   */
  public static String check(String name) {
    checkPattern(name);
    if (name.indexOf('*') >= 0) {
      throw new InvalidValueException(
          "channel name \"" + name + "\" has a *; patterns are for tokens, so name each channel");
    }
    return name;
  }

  /**
   * Returns the text if it is a valid channel name or pattern. A pattern ends with {@code *}: in
   * tokens and revocations, {@code room-*} stands for all names that begin with {@code room-}.
   *
   * @throws InvalidValueException as {@link #check}, except that a {@code *} is allowed
   */
  public static String checkPattern(String name) {
    if (name.isEmpty()) {
      throw new InvalidValueException("channel name is empty");
    }
    if (name.equals(RESERVED)) {
      throw new InvalidValueException("channel name \".\" is reserved");
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        throw new InvalidValueException(
            "channel name has control character " + codePoint(name.charAt(i)) + " at index " + i);
      }
    }
    DraftRules.checkVisible("channel name", name);
    int broken = DraftRules.halfSurrogate(name);
    if (broken >= 0) {
      throw new InvalidValueException("channel name has half a surrogate pair at index " + broken);
    }
    int bytes = encode(name).length();
    if (bytes > MAX_BYTES) {
      throw new InvalidValueException("channel name has "
          + bytes
          + " bytes when percent-encoded, more than "
          + MAX_BYTES
          + ": "
          + name.substring(0, Math.min(32, name.length()))
          + "…");
    }
    return name;
  }

  /** Returns the written form of a name, which is ASCII only. */
  public static String encode(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    StringBuilder written = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      if (stays(b)) {
        written.append((char) b);
      } else {
        written.append('%').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
      }
    }
    return written.toString();
  }

  private static boolean stays(byte b) {
    return (b >= 'A' && b <= 'Z')
        || (b >= 'a' && b <= 'z')
        || (b >= '0' && b <= '9')
        || b == '_'
        || b == '.'
        || b == '-'
        || b == '~'
        || b == '/';
  }

  static String codePoint(int c) {
    return String.format(java.util.Locale.ROOT, "U+%04X", c);
  }
}
