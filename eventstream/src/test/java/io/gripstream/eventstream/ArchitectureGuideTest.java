package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names in {@code docs/architecture.md} and its pictures exist in the code. */
class ArchitectureGuideTest {
  private static final Path TOP = Path.of("..");
  private static final Path GUIDE = TOP.resolve("docs/architecture.md");

  private static final Pattern NAME = Pattern.compile("<text class=\"name\"[^>]*>([^<]+)</text>");
  private static final Pattern MODE = Pattern.compile(">((?:Direct|Proxied)Mode)<");
  private static final Pattern THREAD =
      Pattern.compile("<text class=\"thread\"[^>]*>([^<]+)</text>");
  private static final Pattern MADE =
      Pattern.compile("(?:Threads\\.\\w+|new Thread)\\(\\s*[^\"();]*\"(grip[a-z]*-[a-z -]+)\"");

  @ParameterizedTest
  @ValueSource(strings = {"stream-request.svg", "event.svg"})
  void pictures_name_classes(String picture) throws IOException {
    String drawn = Files.readString(TOP.resolve("docs/pictures").resolve(picture));
    assertThat(found(NAME, drawn)).isNotEmpty().isSubsetOf(classes());
    assertThat(found(MODE, drawn)).isSubsetOf(classes());
    assertThat(found(THREAD, drawn)).isNotEmpty().isSubsetOf(table());
    assertThat(Files.readString(GUIDE)).contains("pictures/" + picture);
  }

  @Test
  void table_has_every_thread_that_is_made_by_name() throws IOException {
    Set<String> table =
        table().stream().map(ArchitectureGuideTest::bare).collect(Collectors.toSet());
    Set<String> made = new TreeSet<>();
    for (Path source : sources()) {
      found(MADE, Files.readString(source)).forEach(name -> made.add(bare(name)));
    }
    assertThat(made).hasSizeGreaterThan(15).isEqualTo(new TreeSet<>(table));
  }

  /** The names in the table of threads. */
  private static Set<String> table() throws IOException {
    String guide = Files.readString(GUIDE);
    String threads = guide.substring(guide.indexOf("## Threads"));
    return threads
        .lines()
        .filter(line -> line.startsWith("| `grip"))
        .flatMap(line -> found(Pattern.compile("`(grip[^`]+)`"), line.split("\\|")[1]).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Without what tells apart those of one kind. */
  private static String bare(String thread) {
    return thread.replaceAll("( PROXY)?[ -]?N?$", "");
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> classes() throws IOException {
    return sources().stream()
        .map(source -> String.valueOf(source.getFileName()).replace(".java", ""))
        .collect(Collectors.toSet());
  }

  private static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String module : List.of("grip-client", "eventstream", "app")) {
      try (Stream<Path> files = Files.walk(TOP.resolve(module).resolve("src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(all::add);
      }
    }
    return all;
  }
}
