package io.gripstream.grip.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decodes percent-encoded UTF-8 strictly: malformed text is reported, not skipped or replaced. */
public final class PercentText {
  private PercentText() {}

  /** Returns the text; null if it is not percent-encoded UTF-8. */
  public static @Nullable String decode(String written) {
    ByteBuffer bytes = ByteBuffer.allocate(written.length() * 3);
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c == '%') {
        int high = i + 2 < written.length() ? Character.digit(written.charAt(i + 1), 16) : -1;
        int low = i + 2 < written.length() ? Character.digit(written.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          return null;
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else {
        bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * Returns the name of a query parameter whose value cannot be decoded.
   *
   * @param names the parameters that matter
   * @return null if there is none
   */
  public static @Nullable String undecodable(@Nullable String query, Predicate<String> names) {
    if (query == null) {
      return null;
    }
    for (String pair : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String name = decode(parts[0]);
      if (name != null && names.test(name) && parts.length == 2 && decode(parts[1]) == null) {
        return name;
      }
    }
    return null;
  }
}
