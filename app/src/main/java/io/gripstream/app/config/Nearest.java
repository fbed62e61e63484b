package io.gripstream.app.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a typing mistake most likely meant. */
public final class Nearest {
  private Nearest() {}

  /** The known name with the fewest edits, if those are at most half of the name. */
  public static Optional<String> to(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> edits(name, candidate)))
        .filter(candidate -> edits(name, candidate) <= Math.max(1, name.length() / 2));
  }

  /** {@code "; did you mean X?"}, or nothing. */
  public static String hint(String name, Collection<String> known) {
    return to(name, known).map(near -> "; did you mean " + near + "?").orElse("");
  }

  /** Insertions, deletions and replacements that make one of the other (Levenshtein). */
  private static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] current = new int[to.length() + 1];
      current[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[to.length()];
  }
}
