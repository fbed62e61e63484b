package io.gripstream.eventstream;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A value that is sent as JSON even if it is a string: {@code new JsonText("hi")} arrives as
 * {@code "hi"} with its quotes, the string {@code hi} without them.
 *
 * <p>Inside other data, strings are sent as JSON anyway. A {@code JsonText} there contains text
 * that already is JSON, and this text is inserted as it is: {@code Map.of("a", new
 * JsonText("[1]"))} arrives as {@code {"a":[1]}}. If it is not JSON, sending throws
 * {@link IllegalArgumentException}. Every mapper of Jackson 3 does so; another library does not
 * know this class inside other data.
 */
@JsonSerialize(using = NestedJsonText.class)
public record JsonText(@Nullable Object value) {
  /**
   * Returns the JSON with an escape for each half of a surrogate pair that lacks its other half.
   * JSON allows such a half; UTF-8, and so an event, does not.
   *
   * @param json JSON, which is not checked
   */
  public static String withoutHalves(String json) {
    int first = DraftRules.halfSurrogate(json);
    if (first < 0) {
      return json;
    }
    StringBuilder whole = new StringBuilder(json.length() + 32).append(json, 0, first);
    for (int i = first; i < json.length(); i++) {
      char c = json.charAt(i);
      if (!Character.isSurrogate(c)) {
        whole.append(c);
      } else if (i + 1 < json.length() && Character.isSurrogatePair(c, json.charAt(i + 1))) {
        whole.append(c).append(json.charAt(++i));
      } else {
        whole.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return whole.toString();
  }
}
