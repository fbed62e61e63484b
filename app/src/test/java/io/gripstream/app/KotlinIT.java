package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.FakeProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program in Kotlin that uses the libraries, and what its compiler knows of null. */
class KotlinIT {
  private static final String PATH = System.getProperty("java.class.path");

  @TempDir
  Path directory;

  @Test
  void program_in_kotlin_stores_and_publishes() throws IOException {
    String program = Files.readString(Path.of("src/test/resources/kotlin/Orders.kt"));
    assertThat(compile(program)).isEmpty();

    try (FakeProxy proxy = FakeProxy.start()) {
      Command run = Command.start(
              directory,
              Map.of(),
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  directory.resolve("classes") + ":" + PATH,
                  "io.gripstream.users.OrdersKt",
                  proxy.controlUri().toString()))
          .expectExit(0);

      assertThat(run.out()).isEqualTo("stored as 1\npublished\n");
      assertThat(proxy.takeItem().channel()).isEqualTo("news");
    }
  }

  @Test
  void a_nullable_result_is_no_string_and_null_is_no_argument() throws IOException {
    String imports = "import io.gripstream.eventstream.*\n";

    assertThat(compile(imports + "fun f(r: StreamRequest): String = r.header(\"X-User\")"))
        .contains("String?");
    assertThat(compile(imports + "fun f() = Draft.of(null as String?, \"line\", \"x\")"))
        .contains("String?");
  }

  /** Returns what the compiler says, warnings too. */
  private String compile(String program) throws IOException {
    Path source = Files.writeString(directory.resolve("Orders.kt"), program);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ExitCode code = new K2JVMCompiler()
        .exec(
            new PrintStream(said, true, StandardCharsets.UTF_8),
            source.toString(),
            "-d",
            directory.resolve("classes").toString(),
            "-cp",
            PATH,
            "-no-stdlib",
            "-no-reflect",
            "-jvm-target",
            "17",
            "-Xjspecify-annotations=strict");
    String text = said.toString(StandardCharsets.UTF_8);
    assertThat(code == ExitCode.OK).as(text).isEqualTo(text.isEmpty());
    return text;
  }
}
