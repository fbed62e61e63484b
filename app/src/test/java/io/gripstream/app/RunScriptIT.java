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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/run}, as a new user types it, in a clean copy of the repository. */
class RunScriptIT {
  @TempDir
  static Path directory;

  private static Path copy;

  private final List<Integer> ports = Ports.free(3);

  @BeforeAll
  static void copyWhatGitHas() {
    Path repository = Path.of("..").toAbsolutePath().normalize();
    copy = directory.resolve("copy");
    Command.start(
            directory,
            Map.of(),
            List.of(
                "git",
                "clone",
                "--quiet",
                "--no-hardlinks",
                repository.toString(),
                copy.toString()))
        .expectExit(0);
  }

  @Test
  void behind_pushpin_and_stopped_by_sigterm() {
    Command run = run(
        "--pushpin",
        "--control-port",
        Integer.toString(ports.get(2)),
        "--app-port",
        Integer.toString(ports.get(1)));
    try (run) {
      run.await("ready: http://localhost:" + ports.get(0));
      firstMinute(run);
      List<ProcessHandle> children = run.handle().descendants().toList();
      assertThat(children).hasSizeGreaterThan(4);

      run.terminate().expectExit(0);

      assertThat(children.stream().filter(ProcessHandle::isAlive).toList()).isEmpty();
      ports.forEach(RunScriptIT::assertFree);
    }
  }

  @Test
  void without_a_proxy() {
    Command run = run("--direct");
    try (run) {
      run.await("ready: http://localhost:" + ports.get(0));
      firstMinute(run);
      run.terminate().expectExit(0);
      assertFree(ports.get(0));
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
  void an_unknown_option_is_wrong_usage() {
    Command run = Command.start(copy, Map.of(), List.of("scripts/run", "--nonsense"));
    run.expectExit(2);
    assertThat(run.err()).contains("unknown option --nonsense");
  }

  /** What the script prints to type next, typed. */
  private void firstMinute(Command run) {
    run.await("scripts/gripstream publish news 'Hello, world'");
    URI events = URI.create("http://127.0.0.1:" + ports.get(0) + "/events?channel=news");
    try (StreamClient client = StreamClient.open(events)) {
      client.expectOpen();
      Command.start(
              copy, Map.of(), List.of("scripts/gripstream", "publish", "news", "Hello, world"))
          .expectExit(0);
      client.expectEvent("Hello, world");
      client.expectNothing(Duration.ofMillis(500));
    }
  }

  private Command run(String... options) {
    List<String> line =
        new ArrayList<>(List.of("scripts/run", "--port", Integer.toString(ports.get(0))));
    Stream.of(options).forEach(line::add);
    return Command.start(copy, Map.of(), line);
  }

  private static void assertFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
    } catch (IOException e) {
      throw new AssertionError("port " + port + " is still taken", e);
    }
  }
}
