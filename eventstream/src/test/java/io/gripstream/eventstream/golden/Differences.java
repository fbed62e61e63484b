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

/**
 * The recordings that we deliberately do not match: the first column of the tables of the document
 * for users, which is thereby the only list there is. {@code *} stands for any ending.
 */
final class Differences {
  private static final Path DOCUMENT = Path.of("../docs/differences-from-django-eventstream.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\|");
  private static final Pattern NAME = Pattern.compile("`([^`/ ]+/[^` ]+)`");

  private final List<String> patterns;

  private Differences(List<String> patterns) {
    this.patterns = patterns;
  }

  static Differences read() {
    List<String> patterns = new ArrayList<>();
    Matcher rows = ROW.matcher(document());
    while (rows.find()) {
      Matcher names = NAME.matcher(rows.group(1));
      while (names.find()) {
        patterns.add(names.group(1));
      }
    }
    return new Differences(patterns);
  }

  private static String document() {
    try {
      return Files.readString(DOCUMENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String recording) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, recording));
  }

  /** Those that name no recording. */
  List<String> unused(Set<String> recordings) {
    return patterns.stream()
        .filter(pattern -> recordings.stream().noneMatch(id -> matches(pattern, id)))
        .toList();
  }

  private static boolean matches(String pattern, String recording) {
    return pattern.endsWith("*")
        ? recording.startsWith(pattern.substring(0, pattern.length() - 1))
        : recording.equals(pattern);
  }
}
