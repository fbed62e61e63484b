package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SECURITY.md and docs/promises.md name the test that holds each rule. */
class NamedTestsTest {
  private static final Path TOP = Path.of("..");

  /** {@code SomeTest}, and perhaps {@code .method_of_it}. */
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][A-Za-z0-9]+(?:Test|IT|Contract))(?:\\.([a-z]\\w+))?");

  @ParameterizedTest
  @ValueSource(strings = {"SECURITY.md", "docs/promises.md"})
  void every_test_that_a_page_names_is_there(String page) throws IOException {
    List<MatchResult> named =
        NAMED.matcher(Files.readString(TOP.resolve(page))).results().toList();
    assertThat(named).hasSizeGreaterThan(30);
    Set<String> classes;
    StringBuilder methods = new StringBuilder();
    try (Stream<Path> files = Files.walk(TOP)) {
      List<Path> tests = files
          .filter(file -> file.toString().matches(".*/(src/test|testkit)/.*[.]java"))
          .toList();
      classes = tests.stream()
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .collect(Collectors.toSet());
      for (Path file : tests) {
        methods.append(Files.readString(file));
      }
    }
    for (MatchResult name : named) {
      assertThat(classes).contains(name.group(1));
      if (name.group(2) != null) {
        assertThat(methods.toString()).contains(" " + name.group(2) + "(");
      }
    }
  }
}
