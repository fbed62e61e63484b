package io.gripstream.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each input that {@code scripts/fuzz} begins with, and each one that failed once, by itself. */
class CorpusTest {
  private static final Path CORPUS = Path.of("src/test/fuzz");
  private static final Path SOURCES = Path.of("src/test/java");

  static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.walk(CORPUS)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void an_input_is_read_or_refused(Path input) throws Throwable {
    String target = CORPUS.relativize(input).getName(0).toString();
    try {
      Class.forName(target).getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object)
          Files.readAllBytes(input));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void every_parser_begins_with_inputs() throws IOException {
    try (Stream<Path> sources = Files.walk(SOURCES);
        Stream<Path> folders = Files.list(CORPUS)) {
      List<String> targets = sources
          .filter(source -> source.toString().endsWith("Fuzz.java"))
          .map(source -> SOURCES.relativize(source).toString())
          .map(name -> name.replace('/', '.').replaceFirst("[.]java$", ""))
          .sorted()
          .toList();
      assertThat(folders.map(folder -> folder.getFileName().toString()).sorted())
          .containsExactlyElementsOf(targets)
          .isNotEmpty();
    }
  }
}
