package io.gripstream.eventstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.javalin.Javalin;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the lines of Java in the repository's README. */
class ReadmeExampleTest {
  @TempDir
  Path directory;

  @Test
  void embeds_an_event_stream_in_a_javalin_application() throws Exception {
    int port = Ports.free(1).get(0);
    String lines = JavaExample.blocks("README.md")
        .findFirst()
        .orElseThrow()
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

  private Object run(String lines) throws Exception {
    return JavaExample.run(directory, """
        import io.gripstream.eventstream.EventStream;
        import io.gripstream.eventstream.EventStores;
        import io.gripstream.eventstream.javalin.EventStreamPlugin;
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
  }
}
