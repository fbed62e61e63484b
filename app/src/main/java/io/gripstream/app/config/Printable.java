package io.gripstream.app.config;

/** Makes foreign text safe for one line of a log, an error or a terminal. */
public final class Printable {
  private static final int MAX_CHARS = 200;

  private Printable() {}

  /**
   * The text without control, bidirectional and line characters, and at most 200 characters of it.
   */
  public static String of(String text) {
    return text.length() <= MAX_CHARS ? line(text) : line(text.substring(0, MAX_CHARS)) + "…";
  }

  /** The text without those characters, however long. */
  public static String line(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int type = Character.getType(c);
      boolean harmful = Character.isISOControl(c)
          || type == Character.FORMAT
          || type == Character.LINE_SEPARATOR
          || type == Character.PARAGRAPH_SEPARATOR;
      clean.append(harmful ? '\uFFFD' : c);
    }
    return clean.toString();
  }
}
