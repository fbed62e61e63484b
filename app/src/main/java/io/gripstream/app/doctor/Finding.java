package io.gripstream.app.doctor;

/**
 * What a check found.
 *
 * @param level how bad it is
 * @param subject what was looked at, in a word or two
 * @param text what was seen, and what to do
 */
public record Finding(Level level, String subject, String text) {
  /** How bad it is. */
  public enum Level {
    OK("ok"),
    /** Not wrong by itself, or not to be found out. */
    NOTE("note"),
    FAIL("FAIL");

    private final String word;

    Level(String word) {
      this.word = word;
    }
  }

  static Finding ok(String subject, String text) {
    return new Finding(Level.OK, subject, text);
  }

  static Finding note(String subject, String text) {
    return new Finding(Level.NOTE, subject, text);
  }

  /** Works, and would work better otherwise. */
  static Finding advice(String subject, String text, String advice) {
    return note(subject, text + " -> " + advice);
  }

  static Finding fail(String subject, String text, String advice) {
    return new Finding(Level.FAIL, subject, text + " -> " + advice);
  }

  @Override
  public String toString() {
    return String.format("%-4s  %s: %s", level.word, subject, text);
  }
}
