package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Text that is not ASCII, without a locale: cron, containers, {@code env -i}. Every command line
 * here is a file that bash reads, so that the locale of this very test changes nothing.
 */
class LocaleIT {
  private static final Path LAUNCHER = Path.of("../scripts/gripstream").toAbsolutePath();
  private static final String GRIPSTREAM =
      withoutLocale(SharedClasses.launcherOptions(Command.JAR)) + "'" + LAUNCHER + "' ";
  private static final String JAVA =
      "'" + String.join("' '", Command.java()) + "' -jar '" + Command.JAR + "' ";

  @TempDir
  Path directory;

  @Test
  void arguments_arrive_as_they_were_given() throws IOException {
    bash(GRIPSTREAM + "publish kanal-ü 'Grüße 😀' --type übersicht --skip-user jürgen"
            + " --idempotency-key schlüssel")
        .expectExit(0);
    Files.writeString(
        directory.resolve("übung.ndjson"), "{\"channel\":\"kanal-ü\",\"data\":\"zwölf\"}\n");
    assertThat(bash(GRIPSTREAM + "publish --file übung.ndjson").expectExit(0).err())
        .isEmpty();

    try (EventStore store = EventStores.sqlite(directory.resolve("a.db"))) {
      store.start();
      assertThat(store.heads(List.of("kanal-ü")).get("kanal-ü").last()).isEqualTo(2);
    }
    int port = Ports.free(1).get(0);
    String serve = GRIPSTREAM.replace("env -i ", "env -i PORT=" + port + " ");
    try (Command server = bash("exec " + serve + "serve")) {
      server.await("ready:");
      String tail = serve + "tail kanal-ü --since earliest --count 2";
      assertThat(bash(tail).expectExit(0).out()).isEqualTo("übersicht\tGrüße 😀\nmessage\tzwölf\n");
      assertThat(bash(tail + " --json").expectExit(0).out())
          .contains("\"type\":\"übersicht\",\"data\":\"Grüße 😀\"");
    }
  }

  @Test
  void variables_and_file_names_arrive_as_they_were_given() throws IOException {
    Files.createDirectory(directory.resolve("zoë k"));
    Files.writeString(directory.resolve("zoë k/größe.yaml"), "routes: [{path: /ä, channels: [ö]}]");
    String variables = GRIPSTREAM.replace(
        "env -i ", "cd 'zoë k' && env -i GRIPSTREAM_ROUTES='[{path: /u, channels: [kanal-ü]}]' ");

    assertThat(bash(variables + "checkconfig").expectExit(0).out()).contains("kanal-ü");
    assertThat(bash("cd 'zoë k' && " + GRIPSTREAM + "checkconfig --config größe.yaml")
            .expectExit(0)
            .out())
        .contains("{path=/ä, channels=[ö]}", "# größe.yaml");
    assertThat(bash(variables.replace("sqlite:a.db", "sqlite:ä.db") + "migrate")
            .expectExit(0)
            .err())
        .isEmpty();
    assertThat(directory.resolve("zoë k/ä.db")).exists();
  }

  @Test
  void the_launcher_lives_in_a_folder_with_any_name() throws IOException {
    Path scripts = Files.createDirectories(directory.resolve("zoë k/scripts"));
    Path target = Files.createDirectories(directory.resolve("zoë k/app/target"));
    Files.copy(Command.JAR, target.resolve("gripstream.jar"));
    Files.copy(LAUNCHER, scripts.resolve("gripstream"));

    assertThat(
            bash(withoutLocale("-Xshare:auto") + "bash 'zoë k/scripts/gripstream' publish news x")
                .expectExit(0)
                .out())
        .isEqualTo("published to news, id 1\n");
  }

  @Test
  void text_that_the_jvm_lost_at_its_start_is_refused() {
    String lost = " cannot be read in this locale (ANSI_X3.4-1968): run it with LC_ALL=C.UTF-8";
    for (String locale : List.of("", "LC_ALL=C ", "LANG=xx_YY.UTF-8 ")) {
      String java = "env -i DATABASE_URL=jdbc:sqlite:a.db " + locale + JAVA;
      assertRefused(java + "publish news 'Grüße'", "argument 3" + lost);
      assertRefused(java + "tail kanal-ü", "argument 2" + lost);
      assertRefused(
          java.replace("a.db", "ü.db") + "publish a b", "environment variable DATABASE_URL" + lost);
      assertRefused(
          "mkdir -p zoë; cd zoë; " + java + "publish a b", "the working directory" + lost);
    }
    bash("env -i DATABASE_URL=jdbc:sqlite:b.db LC_ALL=C.UTF-8 ANDERES=ü " + JAVA
            + "publish news 'Grüße'")
        .expectExit(0);
    bash("env -i ANDERES=ü LC_ALL=C DATABASE_URL=jdbc:sqlite:b.db " + JAVA + "publish news Gruss")
        .expectExit(0);
  }

  @Test
  void invalid_utf_8_is_refused_and_the_replacement_character_is_a_character() {
    for (String program : List.of(GRIPSTREAM, "env -i LC_ALL=C.UTF-8 " + JAVA)) {
      assertRefused(program + "publish news $'\\xff'", "argument 3 (\"\ufffd\") is not UTF-8 text");
      assertRefused(
          "export GRIPSTREAM_PUBLIC_URL=$'\\xe4'; "
              .concat(program.replace(
                      "env -i ", "env -i GRIPSTREAM_PUBLIC_URL=\"$GRIPSTREAM_PUBLIC_URL\" ")
                  + "checkconfig"),
          "environment variable GRIPSTREAM_PUBLIC_URL is not UTF-8 text");
    }
    bash(GRIPSTREAM + "publish news '\ufffd'").expectExit(0);
  }

  @Test
  void files_that_are_not_utf_8_are_refused() throws IOException {
    Path latin1 = directory.resolve("latin1");
    Files.write(latin1, new byte[] {'a', ':', ' ', (byte) 0xe4});

    assertRefused(
        GRIPSTREAM + "checkconfig --config latin1",
        "cannot read the configuration file latin1: it is not UTF-8 text");
    assertRefused(
        GRIPSTREAM + "tail a --token-file latin1",
        "cannot read the token file latin1: it is not UTF-8 text");
    assertRefused(
        GRIPSTREAM + "gentoken --sub a --private-key latin1",
        "cannot read the private key latin1: it is not UTF-8 text");
    assertRefused(
        GRIPSTREAM + "gentoken --sub a --private-key none",
        "cannot read the private key none: it does not exist");
    assertRefused(
        GRIPSTREAM + "checkconfig --config .",
        "cannot read the configuration file .: it is a directory");
  }

  private static String withoutLocale(String javaOptions) {
    return "env -i PATH=\"$PATH\" GRIPSTREAM_JAVA_OPTS=" + javaOptions
        + " DATABASE_URL=jdbc:sqlite:a.db ";
  }

  private void assertRefused(String line, String message) {
    Command refused = bash(line).expectExit(2);
    assertThat(refused.err()).as(line).isEqualTo("gripstream: " + message + "\n");
  }

  private Command bash(String line) {
    try {
      Path script = Files.createTempFile(directory, "line", ".sh");
      Files.writeString(script, line + "\n");
      return Command.start(directory, Map.of(), List.of("bash", script.toString()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
