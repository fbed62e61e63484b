package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.LogOf;
import io.gripstream.app.auth.TokenSigner;
import io.gripstream.app.config.Settings;
import io.gripstream.app.config.SettingsReader;
import io.gripstream.app.config.Sources;
import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.EventStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The commands, their exit codes, and the one line that says what is wrong. */
class CommandsTest {
  private static final String SECRET = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";

  @TempDir
  Path directory;

  @Test
  void a_file_of_a_hundred_thousand_events_is_published_whole() throws IOException {
    Path file = Files.writeString(
        directory.resolve("events.ndjson"),
        IntStream.range(0, 100_000)
            .mapToObj(i -> "{\"channel\":\"bulk\",\"data\":\"event " + i + "\"}\n")
            .collect(Collectors.joining()));

    CommandLineRun run = run("publish", "--file", file.toString());

    assertThat(run.out()).isEqualToIgnoringNewLines("published 100000 events");
    assertThat(run.code()).isZero();
    try (EventStore store = EventStores.sqlite(database())) {
      store.start();
      assertThat(store.heads(List.of("bulk")).get("bulk").last()).isEqualTo(100_000);
    }
  }

  @Test
  void invalid_lines_are_reported_and_skipped() throws IOException {
    Path file = Files.writeString(
        directory.resolve("events.ndjson"),
        "{\"channel\":\"a\"}\n\n{\"channel\":\"a\",\"data\":1}\nx\n");

    CommandLineRun run = run("publish", "--file", file.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEqualToIgnoringNewLines("published 1 events, refused 2");
    assertThat(run.err().lines())
        .containsExactly(
            "gripstream: line 1 is not published: field \"data\" is missing",
            "gripstream: line 4 is not published: it is not JSON, at column 1");
  }

  @Test
  void one_event_is_published_to_several_channels() throws IOException {
    CommandLineRun run = run("publish", "orders", "--also", "user-7", "shipped");
    CommandLineRun json =
        run("publish", "--json", "orders", "shipped", "--also", "user-7", "--idempotency-key", "k");
    Path file = Files.writeString(
        directory.resolve("events.ndjson"),
        "{\"channels\":[\"orders\",\"new\"],\"data\":1,\"idempotency_key\":\"k\"}\n"
            + "{\"channels\":[\"orders\",\"new\"],\"data\":1}\n");
    CommandLineRun lines = run("publish", "--file", file.toString());

    assertThat(run.out().lines())
        .containsExactly("published to orders, id 1", "published to user-7, id 1");
    assertThat(json.out())
        .startsWith("{\"ids\":{\"orders\":2,\"user-7\":2},\"position\":\"orders:2,user-7:2,.:");
    assertThat(lines.out()).isEqualToIgnoringNewLines("published 1 events, refused 1");
    assertThat(lines.err()).contains("line 1 is not published: the idempotency key was used");
    assertWrong(
        2,
        "--file cannot be combined with CHANNEL, --also, --type, --skip-user or --idempotency-key: the lines of the file have them; see"
            + " gripstream publish --help",
        "publish",
        "--file",
        file.toString(),
        "--also",
        "b");
    assertThat(run("publish", "orders", "--also", "orders", "x").err())
        .isEqualToIgnoringNewLines(
            "gripstream: channel \"orders\" is named twice; name each channel once");
  }

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
  void publishing_without_a_proxy_is_a_failure() {
    CommandLineRun run = CommandLineRun.of(Map.of("DATABASE_URL", "none"), "publish", "a", "b");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("no client would get the event");
  }

  @Test
  void tokens_are_made_and_checked() throws IOException {
    Map<String, String> environment = Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET);
    CommandLineRun made =
        CommandLineRun.of(environment, "gentoken", "--sub", "ann", "--subscribe", "room-*");
    Path file = Files.writeString(directory.resolve("token"), made.out());

    CommandLineRun checked =
        CommandLineRun.of(environment, "checktoken", "--token-file", file.toString());

    assertThat(checked.code()).isZero();
    assertThat(checked.out().lines().skip(1))
        .containsExactly("sub: ann", "subscribe: room-*", "publish: nothing", "admin: false");
    CommandLineRun other = CommandLineRun.of(
        Map.of("GRIPSTREAM_TOKEN_SECRET", "ffeeddccbbaa99887766554433221100"),
        "checktoken",
        "--token-file",
        file.toString());
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err())
        .isEqualToIgnoringNewLines(
            "gripstream: the token is not a JWT signed with the configured key")
        .doesNotContain(made.out().strip());
  }

  @Test
  void a_token_that_is_over_is_said_to_be_over_while_servers_still_accept_it() throws IOException {
    Map<String, String> environment = Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET);
    Settings settings = SettingsReader.read(Sources.read(null, environment, Map.of()));
    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String token =
        TokenSigner.ofSecret(settings.auth()).sign("ann", List.of(), List.of(), false, end);
    Path file = Files.writeString(directory.resolve("token"), token);

    CommandLineRun run =
        CommandLineRun.of(environment, "checktoken", "--token-file", file.toString());

    assertThat(run.out())
        .startsWith("expired at " + end + "; servers still accept it until " + end.plusSeconds(5));
    assertThat(run.code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2920000d", "999999999d", "PT70000000H", "PT2562047788015215H", "P9999999999999D"})
  void a_token_that_no_server_would_accept_is_not_made(String ttl) {
    CommandLineRun run = CommandLineRun.of(
        Map.of("GRIPSTREAM_TOKEN_SECRET", SECRET), "gentoken", "--sub", "ann", "--ttl", ttl);

    assertThat(run.err())
        .startsWith("gripstream: --ttl")
        .contains(ttl)
        .hasLineCount(1)
        .doesNotContain("unexpected");
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2920000d", "PT2562047788015215H"})
  void a_revocation_without_an_end_that_can_be_stored_is_refused(String time) {
    CommandLineRun run = run("revoke", "add", "ann", "--for", time);

    assertThat(run.err()).startsWith("gripstream: --for").contains(time).hasLineCount(1);
    assertThat(run.code()).isEqualTo(2);
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
  void forget_removes_events_and_says_up_to_which() {
    for (int i = 1; i <= 3; i++) {
      run("publish", "-q", "news", "event " + i);
    }

    assertThat(run("forget", "news", "--up-to", "2").out().strip())
        .isEqualTo("channel news has no events up to id 2");
    assertThat(run("forget", "news").out().strip())
        .isEqualTo("channel news has no events up to id 3");
    assertThat(run("publish", "news", "event 4").out().strip())
        .isEqualTo("published to news, id 4");
    assertThat(run("forget", "never").out().strip())
        .isEqualTo("channel never has no stored events");
    assertWrong(2, "--up-to 0 is not an id; ids begin with 1", "forget", "news", "--up-to", "0");
    assertWrong(2, "channel name is empty", "forget", "");
  }

  @Test
  void tail_prints_stored_and_new_events_and_ends_after_a_count() {
    Map<String, String> environment = environment();
    for (int i = 1; i <= 3; i++) {
      CommandLineRun.of(environment, "publish", "-q", "news", "event " + i);
    }
    try (TestServer server = TestServer.start(environment)) {
      CommandLineRun all = CommandLineRun.of(
          environment,
          "tail",
          "news",
          "--url",
          server.url(),
          "--since",
          "earliest",
          "--count",
          "3");
      CommandLineRun later = CommandLineRun.of(
          environment,
          "tail",
          "news",
          "--url",
          server.url(),
          "--since",
          "2",
          "--count",
          "1",
          "--json");

      assertThat(all.out().lines())
          .containsExactly("message\tevent 1", "message\tevent 2", "message\tevent 3");
      assertThat(later.out()).contains("\"id\":\"news:3,.:").contains("\"data\":\"event 3\"");
    }
  }

  @Test
  void migrate_renews_the_epoch_when_a_backup_was_put_back() {
    String before = run("migrate").out();
    String same = run("migrate").out();
    String renewed = run("migrate", "--restored").out();

    assertThat(before).startsWith("storage is up to date, epoch ").isEqualTo(same);
    assertThat(renewed).endsWith("(new)" + System.lineSeparator());
    assertThat(run("migrate").out().strip() + " (new)").isEqualTo(renewed.strip());
  }

  @Test
  void revoke_shuts_out_lists_and_lifts() {
    assertThat(run("revoke", "add", "ann", "room-*", "--for", "7d").out())
        .startsWith("user ann is revoked on room-* until 20");
    assertThat(run("revoke", "add", "ann").out()).startsWith("user ann is revoked on * until 20");
    assertThat(run("revoke", "list").out().lines().map(line -> line.replaceAll("\t20.*Z", "")))
        .containsExactly("ann\t*", "ann\troom-*");
    assertThat(run("revoke", "lift", "ann").out().strip())
        .isEqualTo("revocation of user ann on * is lifted");
    assertThat(run("revoke", "list").out().lines()).hasSize(1);
  }

  @Test
  void revoke_reports_wrong_arguments() {
    assertThat(run("revoke").err())
        .startsWith("gripstream: ")
        .contains("a command is missing: add, lift, list");
    assertThat(run("revoke", "add", "a,b").err()).startsWith("gripstream: user has U+002C");
    assertThat(run("revoke", "add", "ann", "a*b").err())
        .startsWith("gripstream: a channel pattern is a name");
    assertThat(run("revoke", "add", "ann", "--for", "soon").err())
        .startsWith("gripstream: --for \"soon\" is not a time such as 30m, 1h or 7d");
  }

  @Test
  void the_epoch_is_not_renewed_under_a_server_that_runs() {
    Map<String, String> environment = environment();
    environment.put("GRIPSTREAM_PORT", "0");
    try (TestServer server = TestServer.start(environment)) {
      CommandLineRun run = run("migrate", "--restored");

      assertThat(run.err())
          .isEqualToIgnoringNewLines(
              "gripstream: a process has the storage open: stop every server and program"
                  + " that uses it, and run this command again");
      assertThat(run.code()).isEqualTo(1);
      assertThat(server.get("/health/ready").status()).isEqualTo(200);
      assertThat(run("publish", "news", "goes on").code()).isZero();
    }
    assertThat(run("migrate", "--restored").code()).isZero();
    assertThat(run("publish", "news", "goes on").code()).isZero();
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

  private void assertWrong(int code, String message, String... arguments) {
    CommandLineRun run = run(arguments);
    assertThat(run.err()).isEqualToIgnoringNewLines("gripstream: " + message);
    assertThat(run.code()).isEqualTo(code);
  }

  private CommandLineRun run(String... arguments) {
    return CommandLineRun.of(environment(), arguments);
  }

  private Map<String, String> environment() {
    return new HashMap<>(Map.of("DATABASE_URL", "jdbc:sqlite:" + database()));
  }

  private Path database() {
    return directory.resolve("events.db");
  }
}
