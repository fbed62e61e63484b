package io.gripstream.eventstream;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Checks drafts. Each rule contains the sentence that explains its refusal. */
final class DraftRules {
  static final int MAX_NAME_BYTES = 255;

  private static final Set<String> RESERVED =
      Set.of("stream-open", "stream-reset", "stream-error", "keep-alive");

  /** Joiners are allowed, because some scripts need them. */
  private static final String INVISIBLE =
      "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d"
          + "\u202e\u2060\u2066\u2067\u2068\u2069\ufeff";

  private static final int MAX_SKIPPED_USERS = 1_000;
  private static final int MAX_SKIPPED_BYTES = 32_768;

  private DraftRules() {}

  static void checkType(String type) {
    if (type.isEmpty()) {
      throw new InvalidValueException("event type is empty; the default type is \"message\"");
    }
    for (int i = 0; i < type.length(); i++) {
      char c = type.charAt(i);
      if (c == '\r' || c == '\n' || c == '\0') {
        throw new InvalidValueException("event type has " + ChannelNames.codePoint(c) + " at index "
            + i + "; CR, LF and NUL cannot be written in an SSE field");
      }
    }
    if (isBlank(type.codePointAt(0)) || isBlank(type.codePointBefore(type.length()))) {
      throw new InvalidValueException("event type \"" + type
          + "\" has white space at its start or end, which an SSE parser removes");
    }
    checkVisible("event type", type);
    if (RESERVED.contains(type)) {
      throw new InvalidValueException(
          "event type \"" + type + "\" is reserved for the stream itself; choose another name");
    }
    checkSurrogates("event type", type);
    checkLength("event type", type);
  }

  private static boolean isBlank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /**
   * Refuses characters that make a name look like another one: marks of direction, zero width, line
   * breaks.
   */
  static void checkVisible(String what, String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (INVISIBLE.indexOf(c) >= 0) {
        throw new InvalidValueException(what + " has " + ChannelNames.codePoint(c) + " at index "
            + i + ", which is invisible or changes how text is displayed");
      }
    }
  }

  static void checkData(String data) {
    checkSurrogates("event data", data);
  }

  static void checkSkippedUsers(Set<String> users) {
    if (users.size() > MAX_SKIPPED_USERS) {
      throw new InvalidValueException("the event skips more than " + MAX_SKIPPED_USERS
          + " users; to reach some users only, give them a channel");
    }
    users.forEach(user -> UserNames.check("skipped user", user));
    int bytes = bytes(users);
    if (bytes > MAX_SKIPPED_BYTES) {
      throw new InvalidValueException("the users that the event skips have " + bytes
          + " bytes together, more than " + MAX_SKIPPED_BYTES
          + "; to reach some users only, give them a channel");
    }
  }

  /** Size of a list of users: their names, and one comma each. */
  static int bytes(Set<String> users) {
    int bytes = 0;
    for (String user : users) {
      bytes += user.getBytes(StandardCharsets.UTF_8).length + 1;
    }
    return bytes;
  }

  static void checkIdempotencyKey(String key) {
    if (key.isEmpty()) {
      throw new InvalidValueException("idempotency key is empty");
    }
    checkSurrogates("idempotency key", key);
    checkLength("idempotency key", key);
  }

  static void checkLength(String what, String value) {
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw new InvalidValueException(
          what + " has " + bytes + " bytes, more than " + MAX_NAME_BYTES);
    }
  }

  static void checkSurrogates(String what, String value) {
    int broken = halfSurrogate(value);
    if (broken >= 0) {
      throw new InvalidValueException(what + " has half a surrogate pair at index " + broken
          + ", which no UTF-8 text can hold");
    }
  }

  /** Returns the index of the first surrogate without its other half, or -1. */
  static int halfSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return i;
      }
    }
    return -1;
  }
}
