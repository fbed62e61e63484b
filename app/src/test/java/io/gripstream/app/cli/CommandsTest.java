package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.LogOf;
import io.gripstream.eventstream.InvalidValueException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;

/**
 * What all commands have in common: exit codes, settings, and the one line that says what is wrong.
 */
class CommandsTest extends Commands {
  @Test
  void argument_that_a_command_itself_gets_wrong_is_a_failure_to_report_and_logged()
      throws Exception {
    StringWriter err = new StringWriter();
    CommandLine line = Gripstream.commandLine(Map.of()).setErr(new PrintWriter(err, true));
    IExecutionExceptionHandler handler = line.getExecutionExceptionHandler();
    try (LogOf log = new LogOf(Gripstream.class)) {
      int code = handler.handleExecutionException(new IllegalArgumentException("ours"), line, null);

      assertThat(code).isEqualTo(1);
      assertThat(err.toString())
          .startsWith("gripstream: unexpected error, please report it:")
          .contains("IllegalArgumentException", "CommandsTest");
      assertThat(log.lines())
          .containsExactly("A command failed: java.lang.IllegalArgumentException: ours");
    }
    int typed = handler.handleExecutionException(new InvalidValueException("theirs"), line, null);
    assertThat(typed).isEqualTo(2);
    assertThat(err.toString()).endsWith("gripstream: theirs" + System.lineSeparator());
  }

  @Test
  void wrong_usage_is_one_line_and_code_2() {
    assertWrong(2, "a command is missing; see gripstream --help");
    assertWrong(
        2,
        "unknown option --typ; did you mean --type? See gripstream publish --help",
        "publish",
        "--typ",
        "a");
    assertWrong(
        2,
        "unknown command srve; did you mean serve? See gripstream --help",
        "srve",
        "--port",
        "1");
    assertWrong(
        2,
        "unknown option --xyzxyzxyz=1. See gripstream tail --help",
        "tail",
        "news",
        "--xyzxyzxyz=1");
    assertWrong(
        2,
        "unexpected argument three. See gripstream publish --help",
        "publish",
        "one",
        "two",
        "three");
    assertWrong(2, "CHANNEL is missing; see gripstream publish --help", "publish");
    assertWrong(
        2,
        "--file cannot be combined with CHANNEL, --also, --type, --skip-user or --idempotency-key: the lines of the file have them; see"
            + " gripstream publish --help",
        "publish",
        "--file",
        "x",
        "news");
    assertWrong(
        1,
        "cannot read the file none.ndjson: it does not exist",
        "publish",
        "--file",
        "none.ndjson");
    assertWrong(1, "cannot read the file /: it is a directory", "publish", "--file", "/");
  }

  /** None of these is the parser's own sentence, which has types and arities in it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gentoken|--sub USER is missing",
        "gentoken --sub|--sub USER is missing",
        "gentoken --sub a --sub b|--sub was given twice",
        "gentoken --sub a --ttl|--ttl needs TIME",
        "tail|CHANNEL is missing",
        "tail c --count x|--count \"x\" must be a whole number",
        "tail c --count|--count needs N",
        "tail c --count 99999999999999999999|--count \"99999999999999999999\" must be a whole number",
        "publish --json=x a b|--json takes no value",
        "publish a b --quiet=maybe|--quiet takes no value",
        "publish a b --skip-user|--skip-user needs USER",
        "publish --type|--type needs TYPE",
        "serve --config|--config needs FILE",
        "revoke|a command is missing: add, lift, list",
        "revoke add|USER is missing"
      })
  void wrong_usage_is_reported_in_own_words(String typed, String message) {
    String[] words = typed.split(" ");
    String command = words[0].equals("revoke") && words.length > 1 ? "revoke add" : words[0];
    assertWrong(2, message + "; see gripstream " + command + " --help", words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tail c --count -1|--count -1 prints nothing; it must be 1 or more",
        "tail c --since x|--since \"x\" is not an id, the position of an event, or earliest",
        "routes --target x|--target \"x\" is not HOST:PORT, such as 127.0.0.1:8080"
      })
  void value_that_nothing_could_come_of_is_refused(String typed, String message) {
    assertWrong(1, message, typed.split(" "));
  }

  @Test
  void help_is_a_command_too() {
    assertThat(run("help").out()).isEqualTo(run("--help").out()).contains("publish", "help ");
    assertThat(run("help", "tail").out()).isEqualTo(run("tail", "--help").out());
    assertWrong(
        2, "unknown command tial; did you mean tail? See gripstream --help", "help", "tial");
  }

  @Test
  void routes_lead_the_streams_and_nothing_else() throws IOException {
    Path file = Files.writeString(directory.resolve("gripstream.yaml"), """
        port: 8081
        routes:
          - path: /objects/{id}/events
            channels: ["object-{id}"]
        """);

    assertThat(run("routes", "--config", file.toString()).out().lines())
        .containsExactly(
            "*,path_beg=/events 127.0.0.1:8081",
            "*,path_beg=/eventstream/ 127.0.0.1:8081",
            "*,path_beg=/objects/ 127.0.0.1:8081");
  }

  @Test
  void checkconfig_prints_effective_settings_without_secrets() {
    Map<String, String> environment =
        Map.of("PORT", "81", "GRIPSTREAM_API_KEYS", "3f9a8b7c6d5e4f3a2b1c");

    CommandLineRun run = CommandLineRun.of(environment, "checkconfig");

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("port: 81  # environment variable PORT")
        .contains("api_keys: ***")
        .doesNotContain("3f9a8b7c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkconfig", "doctor", "serve"})
  void wrong_settings_are_refused_by_every_command(String command) {
    assertRefused("GRIPSTREAM_SECRET", "changeme12345678", command)
        .contains("secret: it is well known or easy to guess");
    assertRefused("GRIPSTREAM_ROUTES", "[{path: /x, channels: [\"order-{id}\"]}]", command)
        .contains("routes: ", "order-{id}");
  }

  private AbstractStringAssert<?> assertRefused(String name, String value, String command) {
    Map<String, String> environment = environment();
    environment.put(name, value);
    CommandLineRun run = CommandLineRun.of(environment, command);
    assertThat(run.code()).as(run.out()).isNotZero();
    return assertThat(run.out() + run.err());
  }

  @Test
  void the_table_of_all_keys_is_the_one_in_the_docs() throws IOException {
    String documented = Files.readString(Path.of("../docs/configuration.md"));

    assertThat(documented)
        .as("run: scripts/gripstream checkconfig --reference")
        .contains(run("checkconfig", "--reference").out().strip());
  }

  @Test
  void a_completion_script_completes_commands_and_options() throws IOException {
    Path script = Files.writeString(
        directory.resolve("completion"), run("generate-completion").out());
    // The words before the tab key.
    Process bash = new ProcessBuilder("bash", "-c", """
            source %s
            complete -p gripstream
            COMP_WORDS=(gripstream check) COMP_CWORD=1 COMP_LINE='gripstream check'
            _complete_gripstream; printf '%%s\\n' "${COMPREPLY[@]}" | sort
            COMP_WORDS=(gripstream publish --idem) COMP_CWORD=2 COMP_LINE='gripstream publish --idem'
            _complete_gripstream; printf '%%s\\n' "${COMPREPLY[@]}" | sort
            """.formatted(script))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said.lines())
        .containsExactly(
            "complete -o default -F _complete_gripstream gripstream",
            "checkconfig",
            "checktoken",
            "--idempotency-key");
  }
}
