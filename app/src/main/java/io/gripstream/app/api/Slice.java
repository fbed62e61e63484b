package io.gripstream.app.api;

import io.gripstream.eventstream.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The place of an item in a body. The item is parsed when its turn comes, not earlier. */
record Slice(int from, int length) {
  static Slice all(byte[] body) {
    int from = Json.begin(body);
    return new Slice(from, body.length - from);
  }

  /**
   * The lines that are not blank.
   *
   * @return null if there are more than {@code max}
   */
  static @Nullable List<Slice> lines(byte[] body, int max) {
    List<Slice> items = new ArrayList<>();
    int start = Json.begin(body);
    for (int i = start; i <= body.length; i++) {
      if (i == body.length || body[i] == '\n') {
        if (!isBlank(body, start, i)) {
          if (items.size() == max) {
            return null;
          }
          items.add(new Slice(start, i - start));
        }
        start = i + 1;
      }
    }
    return items;
  }

  /**
   * The items of a JSON array, separated by brackets and strings alone.
   *
   * @return null if there are more than {@code max}
   * @throws InvalidValueException if it is not an array, does not end, or something follows it
   */
  static @Nullable List<Slice> items(byte[] body, int max) {
    int at = skipBlanks(body, Json.begin(body));
    if (at == body.length) {
      throw new InvalidValueException("there is no JSON, the text is empty");
    }
    if (body[at] != '[') {
      throw new InvalidValueException("it is not a JSON array");
    }
    List<Slice> items = new ArrayList<>();
    int start = at + 1;
    int depth = 0;
    boolean inString = false;
    for (int i = start; i < body.length; i++) {
      byte b = body[i];
      if (inString) {
        if (b == '\\') {
          i++;
        } else {
          inString = b != '"';
        }
      } else if (b == '"') {
        inString = true;
      } else if (b == '[' || b == '{') {
        depth++;
      } else if (depth == 0 && (b == ',' || b == ']')) {
        boolean isEmpty = b == ']' && items.isEmpty() && isBlank(body, start, i);
        if (!isEmpty) {
          if (items.size() == max) {
            return null;
          }
          items.add(new Slice(start, i - start));
        }
        start = i + 1;
        if (b == ']') {
          if (skipBlanks(body, start) < body.length) {
            throw new InvalidValueException("something follows the JSON array");
          }
          return items;
        }
      } else if (b == ']' || b == '}') {
        depth--;
      }
    }
    throw new InvalidValueException("it is not JSON, at column " + (body.length + 1));
  }

  private static int skipBlanks(byte[] body, int from) {
    int at = from;
    while (at < body.length && isBlank(body[at])) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(byte[] body, int from, int to) {
    return skipBlanks(body, from) >= to;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
