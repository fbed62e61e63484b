package io.gripstream.app.doctor;

/**
 * The result of a check.
 *
 * @param level how bad it is
 * @param subject of the check, in a word or two
 * @param text the observation, and the advice
 */
public record Finding(Level level, String subject, String text) {
  /** How bad it is. */
  public enum Level {
    OK("ok"),
    /** Not wrong by itself, or impossible to find out. */
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

  /** Works, but could work better. */
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
