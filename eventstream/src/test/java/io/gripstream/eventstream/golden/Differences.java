package io.gripstream.eventstream.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The recordings that we deliberately do not match, and those to which there is nothing of ours to
 * compare: the first column of the tables of the document for users, which is thereby the only list
 * there is. {@code *} stands for any ending.
 */
final class Differences {
  private static final Path DOCUMENT = Path.of("../docs/differences-from-django-eventstream.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\|");
  private static final Pattern NAME = Pattern.compile("`([^`/ ]+/[^` ]+)`");

  private static final String WITHOUT_COUNTERPART = "\n## Not replayed\n";

  private final List<String> different;
  private final List<String> withoutCounterpart;

  private Differences(List<String> different, List<String> withoutCounterpart) {
    this.different = different;
    this.withoutCounterpart = withoutCounterpart;
  }

  static Differences read() {
    String document = document();
    int rest = document.indexOf(WITHOUT_COUNTERPART);
    return new Differences(names(document.substring(0, rest)), names(document.substring(rest)));
  }

  private static List<String> names(String tables) {
    List<String> patterns = new ArrayList<>();
    Matcher rows = ROW.matcher(tables);
    while (rows.find()) {
      Matcher names = NAME.matcher(rows.group(1));
      while (names.find()) {
        patterns.add(names.group(1));
      }
    }
    return patterns;
  }

  private static String document() {
    try {
      return Files.readString(DOCUMENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether ours is the same. */
  boolean areNone(String recording) {
    return !has(recording) && !isWithoutCounterpart(recording);
  }

  /** Whether ours is another, on purpose. */
  boolean has(String recording) {
    return different.stream().anyMatch(pattern -> matches(pattern, recording));
  }

  /** Whether we have nothing like it. */
  boolean isWithoutCounterpart(String recording) {
    return withoutCounterpart.stream().anyMatch(pattern -> matches(pattern, recording));
  }

  /** The entries that name no recording. */
  List<String> unused(Set<String> recordings) {
    return Stream.concat(different.stream(), withoutCounterpart.stream())
        .filter(pattern -> recordings.stream().noneMatch(id -> matches(pattern, id)))
        .toList();
  }

  private static boolean matches(String pattern, String recording) {
    return pattern.endsWith("*")
        ? recording.startsWith(pattern.substring(0, pattern.length() - 1))
        : recording.equals(pattern);
  }
}
