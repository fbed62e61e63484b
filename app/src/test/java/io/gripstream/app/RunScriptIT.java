package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scripts/run}, as a new user types it, in a clean copy of the repository. */
class RunScriptIT {
  @TempDir
  static Path directory;

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

  @Test
  void the_first_minute_behind_pushpin_with_a_restart() {
    String seen;
    try (Command run = runBehindPushpin()) {
      run.await("ready: http://localhost:" + ports.get(0));
      seen = firstEvent(run);
      Command.start(copy, Map.of(), List.of("scripts/gripstream", "doctor")).expectExit(0);
      List<ProcessHandle> children = run.handle().descendants().toList();
      assertThat(children).hasSizeGreaterThan(4);

      run.terminate().expectExit(0);

      assertNothingLeft(children);
    }
    publish("You were away");
    try (Command run = runBehindPushpin()) {
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
    // Whoever started us may ignore the signal, and a shell cannot undo that.
    try (Command run =
        run(List.of("env", "--default-signal=INT"), "--direct", "--data", data.toString())) {
      run.await("ready: http://localhost:" + ports.get(0));
      firstEvent(run);
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
  void pushpins_end_is_the_end_and_told() {
    try (Command run = runBehindPushpin()) {
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

  /** What the script prints to type next, typed; returns the position of the event. */
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

  private Command runBehindPushpin() {
    return run(
        List.of(),
        "--pushpin",
        "--app-port",
        Integer.toString(ports.get(1)),
        "--control-port",
        Integer.toString(ports.get(2)));
  }

  private Command run(List<String> before, String... options) {
    List<String> line = new ArrayList<>(before);
    // As in a container: nobody has set a locale.
    line.addAll(List.of("env", "-u", "LANG", "-u", "LC_ALL", "-u", "LC_CTYPE"));
    line.addAll(List.of("scripts/run", "--port", Integer.toString(ports.get(0))));
    line.addAll(List.of(options));
    return Command.start(copy, Map.of(), line);
  }

  private void assertNothingLeft(List<ProcessHandle> children) {
    for (ProcessHandle child : children) {
      // Those of a parent that was killed are there until the system has noticed.
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
