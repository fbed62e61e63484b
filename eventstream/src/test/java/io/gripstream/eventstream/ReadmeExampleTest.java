package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.javalin.Javalin;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the lines of Java in the repository's README. */
class ReadmeExampleTest {
  @TempDir
  Path directory;

  @Test
  void embeds_an_event_stream_in_a_javalin_application() throws Exception {
    int port = Ports.free(1).get(0);
    String lines = javaOf(Files.readString(Path.of("../README.md")))
        .replace("events.db", directory.resolve("events.db").toString())
        .replace("8080", Integer.toString(port));

    Javalin app = (Javalin) run(lines);

    URI uri = URI.create("http://127.0.0.1:" + port + "/orders/7/events");
    try (StreamClient client = StreamClient.resume(uri, "earliest")) {
      client.expectOpen();
      assertThat(client.expectEvent("{\"state\":\"shipped\"}").type()).isEqualTo("status");
    } finally {
      app.stop();
    }
  }

  private static String javaOf(String markdown) {
    int start = markdown.indexOf("```java\n") + "```java\n".length();
    return markdown.substring(start, markdown.indexOf("```", start));
  }

  private Object run(String lines) throws Exception {
    Path source = directory.resolve("Example.java");
    Files.writeString(source, """
        import io.gripstream.eventstream.EventStream;
        import io.gripstream.eventstream.store.EventStores;
        import io.javalin.Javalin;
        import java.nio.file.Path;
        import java.util.Map;

        public class Example {
          public static Object run() {
        """ + lines + """
            return app;
          }
        }
        """);
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
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      return loader.loadClass("Example").getMethod("run").invoke(null);
    }
  }
}
