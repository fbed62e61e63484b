package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The blocks on pages that no test types, with the reason of each. A new one fails here: type it in
 * a test, or add it with a reason that holds.
 */
class NotRunTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern MARK = Pattern.compile("<!-- not run: (.*?) -->");

  private static final List<String> KNOWN = List.of(
      "docs/configuration.md: scripts/gripstream does the same, and is",
      "docs/deploy.md: needs Docker",
      "docs/deploy.md: needs Docker",
      "docs/fastly-fanout.md: needs an account at Fastly",
      "docs/fastly-fanout.md: needs an account at Fastly",
      "docs/moving-from-mercure.md: a page's script; RealClientsIT runs such ones");

  @Test
  void blocks_that_no_test_types_are_known_with_their_reasons() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> pages = Stream.concat(Files.list(ROOT), Files.list(ROOT.resolve("docs")))) {
      for (Path page :
          pages.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
        Matcher mark = MARK.matcher(Files.readString(page));
        while (mark.find()) {
          found.add(ROOT.relativize(page) + ": " + mark.group(1));
        }
      }
    }
    assertThat(found).containsExactlyElementsOf(KNOWN);
  }
}
