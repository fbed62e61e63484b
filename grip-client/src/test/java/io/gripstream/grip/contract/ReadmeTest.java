package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.publish.PublishOptions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs in the README are those that {@link ExamplesIT} compiles and runs. */
class ReadmeTest {

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"QuickStart", "HttpStreaming", "LongPolling", "EchoRoom"})
  void has_the_whole_program(String name) throws IOException {
    String program = Files.readString(ExamplePrograms.SOURCES.resolve(name + ".java"));

    assertThat(readme()).contains("```java\n" + program + "```\n");
  }

  @Test
  void names_every_option() throws IOException {
    String readme = readme();
    List<String> options = Arrays.stream(PublishOptions.class.getMethods())
        .map(Method::getName)
        .filter(name -> name.startsWith("with"))
        .map(name -> name.substring(4, 5).toLowerCase(Locale.ROOT) + name.substring(5))
        .toList();
    assertThat(options).contains("retryFor");
    options.forEach(option -> assertThat(readme).contains("`" + option + "`"));
  }
}
