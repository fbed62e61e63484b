package io.gripstream.grip;

import io.gripstream.grip.internal.WireText;
import java.util.function.UnaryOperator;

/**
 * Writes the two notations of the {@code build-id} filter.
 *
 * <p>The instruct's meta {@link #META} describes how a client's position is written: literal text,
 * and {@code %(channel)s} for the id of the last item of a channel. Published content then contains
 * {@link #ID} in place of the position, and any other {@code %} doubled: a single one makes Pushpin
 * close every stream on the channel.
 */
public final class IdFormat {

  /** Name of the meta entry that holds the format. */
  public static final String META = "id_format";

  /** Stands for the client's position in published content. Not allowed in an instruct's body. */
  public static final String ID = "%I";

  private IdFormat() {}

  /** Escapes literal text, for the format or for content: every {@code %} is doubled. */
  public static String escape(String text) {
    return text.replace("%", "%%");
  }

  /** Returns the part of a format that stands for the last id of this channel. */
  public static String lastIdOf(String channel) {
    return "%(" + channel.replace("\\", "\\\\").replace(")", "\\)") + ")s";
  }

  /**
   * Renames each channel in a format.
   *
   * @throws IllegalArgumentException if the format is not well formed
   */
  static String mapChannels(String format, UnaryOperator<String> change) {
    var result = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        result.append(c);
      } else if (format.startsWith("%", at)) {
        result.append("%%");
        at++;
      } else if (format.startsWith("(", at)) {
        var name = new StringBuilder();
        at = readName(format, at + 1, name);
        result.append(lastIdOf(change.apply(name.toString())));
      } else {
        throw malformed(format, at - 1);
      }
    }
    return result.toString();
  }

  private static int readName(String format, int start, StringBuilder name) {
    for (int at = start; at < format.length(); at++) {
      char c = format.charAt(at);
      if (c == '\\' && at + 1 < format.length()) {
        name.append(format.charAt(++at));
      } else if (c != ')') {
        name.append(c);
      } else if (format.startsWith("s", at + 1)) {
        return at + 2;
      } else {
        break;
      }
    }
    throw malformed(format, start - 2);
  }

  private static IllegalArgumentException malformed(String format, int at) {
    return new IllegalArgumentException(
        "%s \"%s\" is malformed at index %d: after %% comes %% or (channel)s"
            .formatted(META, WireText.printable(format), at));
  }
}
