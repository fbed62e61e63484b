package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.server.TestServer;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that send to, read from and look after a storage. */
class StorageCommandsTest extends Commands {
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
  void publishing_without_a_proxy_is_a_failure() {
    CommandLineRun run = CommandLineRun.of(Map.of("DATABASE_URL", "none"), "publish", "a", "b");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("no client would get the event");
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

  @ParameterizedTest
  @ValueSource(strings = {"2920000d", "PT2562047788015215H"})
  void a_revocation_without_an_end_that_can_be_stored_is_refused(String time) {
    CommandLineRun run = run("revoke", "add", "ann", "--for", time);

    assertThat(run.err()).startsWith("gripstream: --for").contains(time).hasLineCount(1);
    assertThat(run.code()).isEqualTo(2);
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
}
