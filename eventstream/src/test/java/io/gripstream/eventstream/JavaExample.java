package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The lines of Java in our documents, as classes named {@code Example}. */
final class JavaExample {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private JavaExample() {}

  /** The blocks of Java in a document, given by its path from the repository's root. */
  static Stream<String> blocks(String document) throws IOException {
    return BLOCK
        .matcher(Files.readString(Path.of("..").resolve(document)))
        .results()
        .map(block -> block.group(1));
  }

  /** Compiles the source of {@code Example} into the directory. */
  static void compile(Path directory, String text) throws IOException {
    Path source = directory.resolve("Example.java");
    Files.writeString(source, text);
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

  /** Compiles it, and calls its static method {@code run}. */
  static Object run(Path directory, String text) throws Exception {
    compile(directory, text);
    try (URLClassLoader loader = new URLClassLoader(
        new URL[] {directory.toUri().toURL()}, JavaExample.class.getClassLoader())) {
      return loader.loadClass("Example").getMethod("run").invoke(null);
    }
  }
}
