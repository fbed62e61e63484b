package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles every block of Java in docs/embedding.md. */
class DocumentedJavaTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir
  Path directory;

  static Stream<String> blocks() throws Exception {
    return BLOCK
        .matcher(Files.readString(Path.of("../docs/embedding.md")))
        .results()
        .map(block -> block.group(1));
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void compiles(String lines) throws Exception {
    String parameters = lines.contains("EventStream events =") ? "" : "EventStream events, ";
    Path source = directory.resolve("Example.java");
    Files.writeString(
        source, """
        import io.gripstream.eventstream.*;
        import io.gripstream.eventstream.store.EventStores;
        import io.javalin.config.JavalinConfig;
        import io.javalin.http.*;
        import java.nio.file.Path;
        import java.sql.Connection;
        import java.util.*;
        import org.jspecify.annotations.Nullable;

        class Example {
          static void run(%sJavalinConfig %s, Connection connection) {
        %s  }
        }
        """.formatted(parameters, lines.contains("config ->") ? "app" : "config", lines));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiles = compiler
          .getTask(
              errors,
              files,
              null,
              List.of("-d", directory.toString()),
              null,
              files.getJavaFileObjects(source))
          .call();
      assertThat(compiles).as(errors.toString()).isTrue();
    }
  }
}
