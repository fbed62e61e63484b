package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands do when what they print goes nowhere. */
class OutputIT {
  private static final Path LAUNCHER = Path.of("../scripts/gripstream").toAbsolutePath();
  private static final String LOST =
      "standard output cannot be written; is the disk full where it leads, or is it closed?";

  @TempDir
  Path directory;

  private final int port = Ports.free(1).get(0);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gentoken --sub a",
        "checkconfig",
        "checkconfig --reference",
        "routes",
        "routes --all",
        "checktoken --token-file token",
        "migrate",
        "doctor",
        "generate-completion",
        "--help",
        "--version",
        "publish --help"
      })
  void a_full_disk_is_reported_and_a_failure(String command) {
    bash("\"$g\" gentoken --sub a >token").expectExit(0);

    assertThat(bash("\"$g\" " + command + " >/dev/full").expectExit(1).err())
        .isEqualTo("gripstream: " + LOST + "\n");
    assertThat(bash("\"$g\" " + command + " >&-").expectExit(1).err())
        .isEqualTo("gripstream: " + LOST + "\n");
  }

  @Test
  void an_action_in_spite_of_a_problem_is_reported() throws IOException {
    Files.writeString(directory.resolve("e.ndjson"), "{\"channel\":\"a\",\"data\":1}\n{}\n");

    for (String option : List.of("", " --json")) {
      assertThat(bash("\"$g\" publish a b >/dev/full" + option).expectExit(1).err())
          .isEqualTo("gripstream: the event is stored, but " + LOST + "\n");
      assertThat(bash("\"$g\" publish --file e.ndjson >/dev/full" + option)
              .expectExit(1)
              .err())
          .endsWith("gripstream: published 1 events, refused 1, but " + LOST + "\n");
    }
    assertThat(bash("DATABASE_URL=none GRIP_URL=http://127.0.0.1:1 \"$g\" publish a b >/dev/full")
            .expectExit(1)
            .err())
        .contains("nothing is stored");
  }

  @Test
  void a_reader_that_has_left_is_no_failure() {
    for (String command :
        List.of("checkconfig", "--help", "routes", "publish a b", "gentoken --sub a")) {
      assertThat(
              bash("set -o pipefail; \"$g\" " + command + " | :").expectExit(0).err())
          .as(command)
          .isEmpty();
    }
  }

  @Test
  void doctor_has_the_same_exit_code_with_any_reader() {
    assertThat(bash("set -o pipefail; \"$g\" doctor | :").expectExit(1).err())
        .contains("failed")
        .hasLineCount(1);
  }

  @Test
  void tail_ends_without_a_reader_and_on_a_full_disk() {
    try (Command server = bash("exec \"$g\" serve")) {
      server.await("ready:");
      bash("for i in 1 2 3; do \"$g\" publish --quiet c $i; done").expectExit(0);

      try (Command head = bash("set -o pipefail; \"$g\" tail c --since earliest | head -n 1")) {
        head.await("message\t1\n");
        // A program learns that nobody reads when it writes.
        for (int i = 0; i < 6 && head.isAlive(); i++) {
          bash("\"$g\" publish --quiet c more").expectExit(0);
        }
        head.expectExit(0);
        assertThat(head.out()).isEqualTo("message\t1\n");
        assertThat(head.err()).isEmpty();
      }
      Command full = bash("\"$g\" tail c --since earliest --count 3 >/dev/full").expectExit(1);
      assertThat(full.err()).isEqualTo("gripstream: " + LOST + "\n");
    }
  }

  @Test
  void a_server_continues_when_it_cannot_print_that_it_is_ready() {
    try (Command server = bash("exec \"$g\" serve >/dev/full")) {
      bash("until curl -sf http://127.0.0.1:$PORT/health/ready; do sleep 0.1; done")
          .expectExit(0);
      assertThat(server.isAlive()).isTrue();
    }
  }

  @Test
  void standard_input_that_is_closed_is_a_failure() {
    assertThat(bash("\"$g\" publish a <&-").expectExit(1).err())
        .isEqualTo("gripstream: standard input cannot be read; is it closed, or a folder?\n");
    assertThat(bash("\"$g\" publish --file - <&-").expectExit(1).err())
        .isEqualTo("gripstream: standard input cannot be read; is it closed, or a folder?\n");
    assertThat(bash("\"$g\" checktoken <&-").expectExit(1).err())
        .isEqualTo("gripstream: standard input cannot be read; is it closed, or a folder?\n");
  }

  private Command bash(String line) {
    return Command.start(
        directory,
        Map.of(
            "g",
            LAUNCHER.toString(),
            "GRIPSTREAM_JAVA_OPTS",
            "-Xshare:auto",
            "GRIPSTREAM_ANONYMOUS_SUBSCRIBE",
            "*",
            "GRIPSTREAM_TOKEN_SECRET",
            "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f",
            "DATABASE_URL",
            "jdbc:sqlite:events.db",
            "PORT",
            Integer.toString(port)),
        List.of("bash", "-c", line));
  }
}
