package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process that the test started: its arguments, its output and its end. */
final class Command implements AutoCloseable {
  static final Path JAR = Path.of("target/gripstream.jar").toAbsolutePath();

  /** Some commands build all of Gripstream, beside other tests. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Process process;
  private final Path out;
  private final Path err;

  private Command(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts the jar with these arguments, and only these settings. */
  static Command gripstream(Path directory, Map<String, String> settings, String... arguments) {
    List<String> line = java();
    line.addAll(List.of("-jar", JAR.toString()));
    line.addAll(List.of(arguments));
    return start(directory, settings, line);
  }

  /** Java as scripts/gripstream starts it for a short command, which costs half as much. */
  static List<String> java() {
    List<String> line = new ArrayList<>(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    line.addAll(SharedClasses.options(JAR));
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    return line;
  }

  /** Starts a program. */
  static Command start(Path directory, Map<String, String> settings, List<String> line) {
    try {
      Path out = Files.createTempFile(directory, "out", ".txt");
      Path err = Files.createTempFile(directory, "err", ".txt");
      ProcessBuilder builder = new ProcessBuilder(line)
          .directory(directory.toFile())
          .redirectOutput(out.toFile())
          .redirectError(err.toFile());
      builder
          .environment()
          .keySet()
          .removeIf(name -> name.startsWith("GRIP") || name.equals("DATABASE_URL"));
      builder.environment().putAll(settings);
      return new Command(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end. */
  Command expectExit(int code) {
    assertThat(awaitExit()).as("exit code; it said\n%s%s", out(), err()).isEqualTo(code);
    return this;
  }

  /** Waits for its end, and returns its exit code. */
  int awaitExit() {
    try {
      boolean isOver = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!isOver) {
        // Else it would take the processors from the next attempt.
        close();
      }
      assertThat(isOver).as("it ends; it said\n%s%s", out(), err()).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return process.exitValue();
  }

  /** Waits until its standard output has this. */
  Command await(String text) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!out().contains(text)) {
      assertThat(process.isAlive()).as("it lives; it said\n%s%s", out(), err()).isTrue();
      assertThat(System.nanoTime()).as("\"%s\" in\n%s%s", text, out(), err()).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
    return this;
  }

  /** Waits until it has started this program, and returns all that it has started. */
  List<ProcessHandle> awaitDescendant(String program) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<ProcessHandle> started = process.descendants().toList();
      if (started.stream()
          .anyMatch(one -> one.info().command().orElse("").endsWith("/" + program))) {
        return started;
      }
      assertThat(process.isAlive()).as("it lives; it said\n%s%s", out(), err()).isTrue();
      assertThat(System.nanoTime()).as(program + " is started").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** SIGTERM. */
  Command terminate() {
    process.destroy();
    return this;
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    // A script stops what it started, if it is asked to.
    end(Duration.ofSeconds(15));
  }

  /**
   * SIGTERM, and SIGKILL if it has not ended by then, also for what it has started; also in a test
   * that is interrupted.
   */
  void end(Duration patience) {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroy();
    boolean interrupted = Thread.interrupted();
    boolean isOver = false;
    try {
      isOver = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (!isOver) {
      kill();
      started.forEach(ProcessHandle::destroyForcibly);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
