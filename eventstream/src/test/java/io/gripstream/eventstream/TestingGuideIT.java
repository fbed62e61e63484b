package io.gripstream.eventstream;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles and runs every block of Java in docs/testing.md; one of them needs Pushpin. */
class TestingGuideIT {
  @TempDir
  Path directory;

  static Stream<String> blocks() throws IOException {
    return JavaExample.blocks("docs/testing.md");
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void runs(String lines) throws Exception {
    JavaExample.run(directory, """
        import io.gripstream.eventstream.*;
        import io.gripstream.eventstream.testkit.*;
        import io.gripstream.grip.testkit.*;
        import java.time.*;
        import java.util.*;
        import org.junit.jupiter.api.*;
        import org.junit.jupiter.api.extension.*;

        public class Example {
          public static Object run() throws Exception {
        %s    return null;
          }
        }
        """.formatted(lines));
  }
}
