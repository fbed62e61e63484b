package io.gripstream.app.fuzz;

import java.nio.charset.StandardCharsets;

/** The form of every refusal. */
final class Refusals {
  private Refusals() {}

  /**
   * @throws AssertionError if it is empty, has several lines, or names a Java class that the input
   *     does not name
   */
  static void check(Exception refusal, byte[] input) {
    String message = String.valueOf(refusal.getMessage());
    boolean namesClass = message.contains("Exception")
        && !new String(input, StandardCharsets.ISO_8859_1).contains("Exception");
    if (message.isBlank() || message.contains("\n") || namesClass) {
      throw new AssertionError("a refusal that is not a sentence: " + message, refusal);
    }
  }
}
