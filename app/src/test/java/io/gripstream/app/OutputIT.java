package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The behaviour of commands whose output cannot be written. */
class OutputIT {
  private static final Path LAUNCHER = Path.of("../scripts/gripstream").toAbsolutePath();
  private static final String LOST =
      "standard output cannot be written; is the disk full where it leads, or is it closed?";

  @TempDir
  Path directory;

  private final int port = Ports.free(1).get(0);

  /** A working call of each command, with its message if its output cannot be written. */
  private static final Map<String, String> COMMANDS = new LinkedHashMap<>();

  static {
    for (String command : List.of(
        "gentoken --sub a",
        "checkconfig",
        "checkconfig --reference",
        "routes --all",
        "checktoken --token-file token",
        "doctor",
        "generate-completion",
        "help",
        "--help",
        "--version",
        "publish --help")) {
      COMMANDS.put(command, LOST);
    }
    COMMANDS.put("migrate", "the storage is up to date, but " + LOST);
    COMMANDS.put("migrate --restored", "the storage has its new identity, but " + LOST);
    COMMANDS.put(
        "copy jdbc:sqlite:events.db jdbc:sqlite:copy.db", "the copy is complete, but " + LOST);
    COMMANDS.put("revoke add ann", "the user is revoked, but " + LOST);
    COMMANDS.put("revoke list", LOST);
    COMMANDS.put("revoke lift ann", "the revocation is lifted, but " + LOST);
    COMMANDS.put("forget a", "the events are removed, but " + LOST);
    COMMANDS.put("publish a b", "the event is stored, but " + LOST);
    COMMANDS.put("publish --file - <e.ndjson", "published 1 events, but " + LOST);
  }

  /** Commands without an end have separate tests. */
  private static final Set<String> ENDLESS = Set.of("serve", "tail");

  @Test
  void every_command_reports_that_its_output_is_lost_and_fails() throws IOException {
    Files.writeString(directory.resolve("e.ndjson"), "{\"channel\":\"a\",\"data\":1}\n");
    Command each = bash("\"$g\" gentoken --sub a >token; " + forEach("$c >/dev/full", "echo $? >&2")
            + "\"$g\" routes >&-; echo $? >&2")
        .expectExit(0);

    assertThat(each.err().lines())
        .containsExactlyElementsOf(Stream.concat(COMMANDS.values().stream(), Stream.of(LOST))
            .flatMap(text -> Stream.of("gripstream: " + text, "1"))
            .toList());
  }

  /** Their standard input is empty. */
  private static String forEach(String how, String then) {
    return "while read -r c <&3; do eval \"\\\"\\$g\\\" " + how + "\" </dev/null; " + then
        + "; done 3<<'END'\n" + String.join("\n", COMMANDS.keySet()) + "\nEND\n";
  }

  @Test
  void every_command_is_tried() {
    List<String> names = bash("\"$g\" --help | sed '1,/^Commands/d' | grep -o '^  [a-z-]*'")
        .expectExit(0)
        .out()
        .lines()
        .map(String::strip)
        .filter(name -> !name.isEmpty() && !ENDLESS.contains(name))
        .toList();
    assertThat(names)
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(COMMANDS.keySet()).anyMatch(command -> command.startsWith(name)));
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
  void a_reader_that_has_left_is_no_failure() throws IOException {
    Files.writeString(directory.resolve("e.ndjson"), "{\"channel\":\"a\",\"data\":1}\n");
    Command each = bash("set -o pipefail; \"$g\" gentoken --sub a >token; "
            + forEach("$c | :", "echo \"$? $c\""))
        .expectExit(0);
    assertThat(each.err().replace("gripstream: 1 check failed\n", "")).isEmpty();
    assertThat(each.out().lines())
        .containsExactlyElementsOf(COMMANDS.keySet().stream()
            .map(command -> (command.equals("doctor") ? 1 : 0) + " " + command)
            .toList());
  }

  @Test
  void tail_ends_without_a_reader_and_on_a_full_disk() {
    try (Command server = bash("exec \"$g\" serve")) {
      server.await("ready:");
      bash("for i in 1 2 3; do \"$g\" publish --quiet c $i; done").expectExit(0);

      try (Command head = bash("set -o pipefail; \"$g\" tail c --since earliest | head -n 1")) {
        head.await("message\t1\n");
        // A program notices the missing reader when it writes.
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
  void a_made_key_that_cannot_be_printed_starts_no_server() {
    assertThat(bash("unset GRIPSTREAM_TOKEN_SECRET; \"$g\" serve >/dev/full")
            .expectExit(1)
            .err())
        .contains("gripstream: the API key of this run cannot be printed")
        .doesNotContain("\tat ");
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
            SharedClasses.launcherOptions(Command.JAR),
            "GRIPSTREAM_CHANNEL_RULES",
            "[{channels: '*', anonymous: true}]",
            "GRIPSTREAM_TOKEN_SECRET",
            "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f",
            "DATABASE_URL",
            "jdbc:sqlite:events.db",
            "PORT",
            Integer.toString(port)),
        List.of("bash", "-c", line));
  }
}
