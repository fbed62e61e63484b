package io.gripstream.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.internal.Threads;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A server in which a thread met an error does not live on as half a server. */
public class LastWordTest {
  @Test
  void server_in_which_a_thread_met_an_error_ends_and_says_why() throws Exception {
    Ended ended = run(FailingServer.class);

    assertThat(ended.exitCode()).isEqualTo(LastWord.EXIT_CODE);
    assertThat(ended.err())
        .endsWith("The server exits with code 3 and expects to be restarted:"
            + " java.lang.StackOverflowError: on purpose");
  }

  /** How a program ended, and what it had said by then. */
  public record Ended(int exitCode, String err) {}

  /** Runs a program of this class path to its end, which it should find by itself. */
  private static Ended run(Class<?> program) throws Exception {
    return run(program, line -> {});
  }

  /**
   * As above.
   *
   * @param when told the first line that it writes
   */
  public static Ended run(Class<?> program, Consumer<String> when) throws Exception {
    Process process = new ProcessBuilder(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            program.getName()))
        .start();
    try {
      when.accept(process.inputReader(UTF_8).readLine());
      String err = new String(process.getErrorStream().readAllBytes(), UTF_8).strip();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Ended(process.exitValue(), err);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Makes an error end this process, as it ends a server. */
  public static void endWithLastWord() {
    Thread.setDefaultUncaughtExceptionHandler(new LastWord());
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
