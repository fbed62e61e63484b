package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scripts/run}, as a new user types it, in a clean copy of the repository. */
class RunScriptIT {
  private static final String KEY = "3f9a8b7c6d5e4f3a2b1c";

  @TempDir
  static Path directory;

  private static final Path GET_PUSHPIN =
      Path.of("../scripts/get-pushpin").toAbsolutePath().normalize();
  private static Path copy;

  private final List<Integer> ports = Ports.free(3);

  @BeforeAll
  static void copyWhatGitHas() {
    copy = clone("zoë k");
  }

  private static Path clone(String name) {
    Path repository = Path.of("..").toAbsolutePath().normalize();
    Path clone = directory.resolve(name);
    Command.start(
            directory,
            Map.of(),
            List.of(
                "git",
                "clone",
                "--quiet",
                "--no-hardlinks",
                repository.toString(),
                clone.toString()))
        .expectExit(0);
    return clone;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.36", "1.41"})
  void the_first_minute_behind_each_pushpin_with_a_restart(String version) {
    String pushpin = Command.start(directory, Map.of(), List.of(GET_PUSHPIN.toString(), version))
        .expectExit(0)
        .out()
        .strip();
    String seen;
    try (Command run = runBehind(pushpin)) {
      run.await("Gripstream runs behind Pushpin " + version + ".");
      seen = firstEvent(run);
      Command.start(copy, Map.of(), List.of("scripts/gripstream", "doctor")).expectExit(0);
      List<ProcessHandle> children = run.handle().descendants().toList();
      assertThat(children).hasSizeGreaterThan(4);

      run.terminate().expectExit(0);

      assertNothingLeft(children);
    }
    publish("You were away");
    try (Command run = runBehind(pushpin)) {
      run.await("ready: ");
      try (StreamClient client = StreamClient.resume(events(), seen)) {
        client.expectOpen().expectEvent("You were away");
      }
      run.terminate().expectExit(0);
    }
  }

  @Test
  void without_a_proxy_in_another_directory_and_stopped_by_ctrl_c() {
    Path data = directory.resolve("da ta;=ü");
    // The parent process may ignore the signal, and a shell cannot undo that.
    try (Command run =
        run(List.of("env", "--default-signal=INT"), "--direct", "--data", data.toString())) {
      run.await("ready: http://localhost:" + ports.get(0));
      firstEvent(run);
      run.await("Ctrl-C stops it.");
      assertThat(run.out())
          .containsOnlyOnce("#code=")
          .containsPattern(
              "within the hour\\):\n  http://localhost:" + ports.get(0) + "/#code=[\\w-]{24}\n");
      List<ProcessHandle> children = run.handle().descendants().toList();

      Command.start(
              directory,
              Map.of(),
              List.of("kill", "-INT", Long.toString(run.handle().pid())))
          .expectExit(0);

      run.expectExit(0);
      assertNothingLeft(children);
      assertThat(data.resolve("gripstream.db")).exists();
    }
  }

  @Test
  void end_of_pushpin_is_reported_and_ends_the_run() {
    try (Command run = runBehind("pushpin")) {
      run.await("ready: ");
      List<ProcessHandle> children = run.handle().descendants().toList();

      // The worst case: the runner cannot end its children.
      children.stream()
          .filter(child -> child.info().command().orElse("").endsWith("/pushpin"))
          .forEach(ProcessHandle::destroyForcibly);

      run.expectExit(1);
      assertThat(run.err()).contains("scripts/run: Pushpin has ended");
      assertNothingLeft(children);
    }
  }

  @Test
  void a_build_that_is_interrupted_leaves_no_process_and_no_half_a_jar() {
    Path fresh = clone("interrupted");
    List<String> line =
        List.of("scripts/run", "--direct", "--port", Integer.toString(ports.get(0)));
    for (int attempt = 0; attempt < 2; attempt++) {
      try (Command run = Command.start(fresh, Map.of(), line)) {
        List<ProcessHandle> children = run.awaitDescendant("java");
        assertThat(run.err()).contains("Building");

        run.terminate().expectExit(0);

        assertNothingLeft(children);
      }
    }
  }

  @Test
  void a_build_leaves_a_running_server_unharmed() throws Exception {
    Map<String, String> settings = Map.of(
        "PORT",
        Integer.toString(ports.get(0)),
        "DATABASE_URL",
        "jdbc:sqlite:" + directory.resolve("upgraded.db"),
        "GRIPSTREAM_JAVA_OPTS",
        "-Xshare:auto",
        "GRIPSTREAM_API_KEYS",
        KEY);
    try (Command server = Command.start(copy, settings, List.of("scripts/gripstream", "serve"))) {
      server.await("ready:");
      Files.setLastModifiedTime(copy.resolve("pom.xml"), FileTime.from(Instant.now()));
      Command build = Command.start(copy, Map.of(), List.of("scripts/gripstream", "--build-only"));
      assertThat(build.expectExit(0).err()).contains("Building");

      // With classes that it had no need of before.
      HttpRequest revoke = HttpRequest.newBuilder(events().resolve("/api/revoke"))
          .header("Content-Type", "application/json")
          .header("X-API-Key", KEY)
          .POST(BodyPublishers.ofString("{\"user\":\"ann\",\"channel\":\"news\"}"))
          .timeout(Duration.ofSeconds(10))
          .build();
      assertThat(
              HttpClient.newHttpClient().send(revoke, BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      Command.start(
              copy, settings, List.of("scripts/gripstream", "publish", "-q", "news", "by the new"))
          .expectExit(0);
      try (StreamClient client = StreamClient.resume(
          URI.create("http://127.0.0.1:" + ports.get(0) + "/events/news"), "earliest")) {
        client.expectOpen().expectEvent("by the new");
      }
      long asked = System.nanoTime();
      server.terminate().expectExit(143);
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void a_taken_port_is_one_clear_line() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Command run = Command.start(
          copy,
          Map.of(),
          List.of("scripts/run", "--direct", "--port", Integer.toString(taken.getLocalPort())));
      run.expectExit(1);
      assertThat(run.err().lines().filter(line -> !line.contains("Building")))
          .containsExactly("scripts/run: port " + taken.getLocalPort()
              + " is taken; choose another one with --port");
    }
  }

  @Test
  void two_uses_of_a_port_are_one_clear_line() {
    Command run = Command.start(copy, Map.of(), List.of("scripts/run", "--port", "8080"));
    run.expectExit(2);
    assertThat(run.err())
        .isEqualTo("scripts/run: --port and --app-port are both 8080; choose another one with"
            + " --app-port\n");
  }

  @Test
  void an_unknown_option_is_wrong_usage() {
    Command run = Command.start(copy, Map.of(), List.of("scripts/run", "--nonsense"));
    run.expectExit(2);
    assertThat(run.err()).contains("unknown option --nonsense");
  }

  @Test
  void another_program_than_pushpin_is_one_clear_line() {
    Command missing = Command.start(
        copy, Map.of("PUSHPIN", "/nowhere/pushpin"), List.of("scripts/run", "--pushpin"));
    missing.expectExit(2);
    assertThat(missing.err())
        .isEqualTo("scripts/run: PUSHPIN: there is no program \"/nowhere/pushpin\"\n");
    Command other = Command.start(copy, Map.of("PUSHPIN", "env"), List.of("scripts/run"));
    other.expectExit(2);
    assertThat(other.err())
        .startsWith("scripts/run: \"")
        .endsWith("env --version\" does not say that it is Pushpin\n");
  }

  @Test
  void a_version_that_has_not_been_tried_is_refused_and_a_tried_one_named() throws Exception {
    Path strange =
        Files.writeString(directory.resolve("strange"), "#!/bin/sh\necho pushpin 1.39.1\n");
    assertThat(strange.toFile().setExecutable(true)).isTrue();
    Command run =
        Command.start(copy, Map.of("PUSHPIN", strange.toString()), List.of("scripts/run"));
    run.expectExit(1);
    assertThat(run.err())
        .isEqualTo("scripts/run: Pushpin 1.39.1 has not been tried with Gripstream, 1.36 and 1.41"
            + " have: scripts/run --pushpin-version 1.41\n");
  }

  @Test
  void without_a_pushpin_it_says_so_and_runs_direct() throws Exception {
    // A system without Debian's tools and without Pushpin; everything else is there.
    Path programs = Files.createDirectory(directory.resolve("programs"));
    try (Stream<Path> all = Files.list(Path.of("/usr/bin"))) {
      for (Path program : (Iterable<Path>) all::iterator) {
        String name = program.getFileName().toString();
        if (!name.startsWith("apt") && !name.startsWith("pushpin")) {
          Files.createSymbolicLink(programs.resolve(name), program);
        }
      }
    }
    Map<String, String> there = Map.of("PATH", programs.toString());

    Command not = Command.start(copy, there, List.of("scripts/run", "--pushpin-version", "1.41"));
    not.expectExit(1);
    assertThat(not.err())
        .contains("without apt-get")
        .contains("scripts/run: Pushpin is not installed and cannot be got here");

    List<String> line = List.of("scripts/run", "--port", Integer.toString(ports.get(0)));
    try (Command run = Command.start(copy, there, line)) {
      run.await("cannot be got here: running without a proxy.");
      run.await("Gripstream runs without a proxy on http://localhost:" + ports.get(0));
      firstEvent(run);
      run.terminate().expectExit(0);
    }
    try (Stream<Path> links = Files.list(programs)) {
      for (Path link : (Iterable<Path>) links::iterator) {
        Files.delete(link);
      }
    }
  }

  /** Types the next command that the script prints; returns the position of the event. */
  private String firstEvent(Command run) {
    run.await("scripts/gripstream publish news 'Hello, world'");
    try (StreamClient client = StreamClient.open(events())) {
      client.expectOpen();
      publish("Hello, world");
      client.expectEvent("Hello, world");
      client.expectNothing(Duration.ofMillis(500));
      return client.lastId();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, '', 1", "2, '', 1", "3, '', 4", "2, -XX:TieredStopAtLevel=4, 4"})
  void server_on_few_processors_is_compiled_quickly_unless_told_otherwise(
      int processors, String options, int level) {
    // nproc believes this variable.
    Map<String, String> settings = Map.of(
        "OMP_NUM_THREADS",
        Integer.toString(processors),
        "GRIPSTREAM_JAVA_OPTS",
        "-Xshare:auto -XX:+PrintFlagsFinal " + options);

    Command help = Command.start(copy, settings, List.of("scripts/gripstream", "serve", "--help"))
        .expectExit(0);

    assertThat(help.out()).containsPattern("TieredStopAtLevel += " + level + " ");
  }

  private URI events() {
    return URI.create("http://127.0.0.1:" + ports.get(0) + "/events?channel=news");
  }

  private static void publish(String data) {
    // Else it goes on in the background, to make what the next commands share.
    Map<String, String> alone = Map.of("GRIPSTREAM_JAVA_OPTS", "-Xshare:auto");
    Command.start(copy, alone, List.of("scripts/gripstream", "publish", "news", data))
        .expectExit(0);
  }

  private Command runBehind(String pushpin) {
    return run(
        List.of("env", "PUSHPIN=" + pushpin),
        "--pushpin",
        "--app-port",
        Integer.toString(ports.get(1)),
        "--control-port",
        Integer.toString(ports.get(2)));
  }

  private Command run(List<String> before, String... options) {
    List<String> line = new ArrayList<>(before);
    // As in a container: without a locale.
    line.addAll(List.of("env", "-u", "LANG", "-u", "LC_ALL", "-u", "LC_CTYPE"));
    line.addAll(List.of("scripts/run", "--port", Integer.toString(ports.get(0))));
    line.addAll(List.of(options));
    return Command.start(copy, Map.of(), line);
  }

  private void assertNothingLeft(List<ProcessHandle> children) {
    for (ProcessHandle child : children) {
      // Children of a killed parent exist until the system has noticed.
      assertThat(child.onExit().completeOnTimeout(null, 10, TimeUnit.SECONDS).join())
          .as("end of %s", child)
          .isNotNull();
    }
    ports.forEach(RunScriptIT::assertFree);
  }

  private static void assertFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
    } catch (IOException e) {
      throw new AssertionError("port " + port + " is still taken", e);
    }
  }
}
