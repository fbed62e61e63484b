package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every name in docs/glossary.md is one of the code. */
class GlossaryTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  private final List<String[]> rows = rows();

  @Test
  void classes_are_public_and_not_internal() throws IOException {
    Set<String> known;
    try (Stream<Path> files = Files.walk(ROOT)) {
      known = files
          .map(Path::toString)
          .filter(file -> file.contains("/src/main/java/") && !file.contains("/internal/"))
          .filter(file -> file.endsWith(".java"))
          .map(file -> file.substring(file.lastIndexOf('/') + 1, file.length() - 5))
          .collect(Collectors.toSet());
    }
    assertThat(names(3)).isNotEmpty().isSubsetOf(known);
  }

  @Test
  void settings_are_keys_of_the_server() {
    assertThat(names(4))
        .isNotEmpty()
        .isSubsetOf(Arrays.stream(Setting.values()).map(Setting::key).toList());
  }

  @Test
  void environment_variables_are_of_the_setting_in_their_row() {
    for (String[] row : rows) {
      List<String> known = Arrays.stream(Setting.values())
          .filter(setting -> quoted(row[4]).contains(setting.key()))
          .flatMap(setting -> setting.environment().stream())
          .toList();
      assertThat(known).as(row[1]).containsAll(quoted(row[5]));
    }
  }

  @Test
  void metrics_are_counted() throws IOException {
    String metrics =
        Files.readString(Path.of("src/main/java/io/gripstream/app/metrics/Metrics.java"));
    assertThat(names(6))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(metrics).contains('"' + name + '"'));
  }

  private List<String> names(int column) {
    return rows.stream().flatMap(row -> quoted(row[column]).stream()).toList();
  }

  private static List<String> quoted(String cell) {
    List<String> names = new ArrayList<>();
    Matcher matcher = QUOTED.matcher(cell);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static List<String[]> rows() {
    try (Stream<String> lines = Files.lines(ROOT.resolve("docs/glossary.md"))) {
      return lines
          .filter(line -> line.startsWith("| "))
          .skip(1)
          .map(line -> line.split("\\|", -1))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
