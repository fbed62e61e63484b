package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.internal.Threads;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A server in which a thread met an error does not live on as half a server. */
class LastWordTest {
  @Test
  void server_in_which_a_thread_met_an_error_ends_and_says_why() throws Exception {
    Process process = new ProcessBuilder(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            FailingServer.class.getName()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    List<String> said = process.errorReader().lines().toList();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(LastWord.EXIT_CODE);
    assertThat(said.get(said.size() - 1))
        .endsWith("The server exits with code 3 and expects to be restarted:"
            + " java.lang.StackOverflowError: on purpose");
  }

  /** Serves, until a thread of the library fails as none should. */
  static final class FailingServer {
    private FailingServer() {}

    public static void main(String[] args) {
      Threads.loop("failing").execute(() -> {
        while (!isServing()) {
          LockSupport.parkNanos(10_000_000);
        }
        throw new StackOverflowError("on purpose");
      });
      System.exit(Gripstream.run(
          Map.of("PORT", "0", "DATABASE_URL", "none", "GRIPSTREAM_API_KEYS", "0123456789abcdef"),
          "serve"));
    }

    private static boolean isServing() {
      return Thread.getAllStackTraces().keySet().stream()
          .anyMatch(thread -> thread.getName().startsWith("gripstream-direct"));
    }
  }
}
