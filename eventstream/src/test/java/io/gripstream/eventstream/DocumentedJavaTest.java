package io.gripstream.eventstream;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compiles every block of Java in the guides. */
class DocumentedJavaTest {
  @TempDir
  Path directory;

  static Stream<String> blocks() throws Exception {
    return Stream.concat(
        JavaExample.blocks("docs/embedding.md"),
        Stream.concat(
            JavaExample.blocks("docs/authorization.md"),
            Stream.concat(
                JavaExample.blocks("docs/native-clients.md"),
                JavaExample.blocks("docs/moving-from-django-eventstream.md"))));
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void compiles(String lines) throws Exception {
    String parameters = lines.contains("EventStream events =") ? "" : "EventStream events, ";
    JavaExample.compile(directory, """
        import com.launchdarkly.eventsource.*;
        import io.gripstream.eventstream.*;
        import io.gripstream.eventstream.javalin.*;
        import io.gripstream.eventstream.store.StoreHealth;
        import io.javalin.Javalin;
        import io.javalin.config.JavalinConfig;
        import io.javalin.http.*;
        import io.jsonwebtoken.*;
        import io.jsonwebtoken.security.Keys;
        import java.net.URI;
        import java.nio.file.Files;
        import java.nio.file.Path;
        import java.sql.Connection;
        import java.time.Duration;
        import java.util.*;
        import java.util.concurrent.TimeUnit;
        import org.jspecify.annotations.Nullable;
        import tools.jackson.databind.PropertyNamingStrategies;
        import tools.jackson.databind.json.JsonMapper;

        class Example {
          static void run(%sJavalinConfig %s, Connection connection, Iterator<String> tokens)
              throws Exception {
        %s  }
        }
        """.formatted(
            parameters, lines.contains("config ->") ? "app" : "config", lines));
  }
}
