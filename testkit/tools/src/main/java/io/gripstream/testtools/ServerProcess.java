package io.gripstream.testtools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The process of a server that a test starts, and the temporary folder with its files. */
final class ServerProcess {
  private static final int PATIENCE_SECONDS = 30;

  private final Path folder;
  private @Nullable Process process;

  ServerProcess(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /** Starts it, also after an end. Its output goes to the file log of the folder. */
  void start(List<String> command) throws IOException {
    process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /** Sends a signal, such as STOP, if it runs. */
  void signal(String name) {
    Process running = process;
    if (running != null && running.isAlive()) {
      signal(name, Stream.of(running.toHandle()));
    }
  }

  /** Same, to it and to the processes that it started. */
  void signalAll(String name) {
    Process running = process;
    if (running != null && running.isAlive()) {
      signal(name, Stream.concat(Stream.of(running.toHandle()), running.descendants()));
    }
  }

  private static void signal(String name, Stream<ProcessHandle> to) {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    to.forEach(one -> command.add("" + one.pid()));
    try {
      new ProcessBuilder(command).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends a signal that ends it, and waits for its end. */
  void end(String signal) {
    signal(signal);
    Process running = process;
    try {
      if (running != null && !running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        running.destroyForcibly();
        throw new IllegalStateException(
            "a server did not end within " + PATIENCE_SECONDS + " s after SIG" + signal);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it with a signal, and removes its folder. */
  void close(String signal) {
    end(signal);
    forget("");
    folder.toFile().delete();
  }

  /** Removes a file or a folder from its folder; with an empty name, all of them. */
  void forget(String name) {
    try (Stream<Path> all = Files.walk(folder.resolve(name))) {
      all.filter(path -> !path.equals(folder))
          .sorted(Comparator.reverseOrder())
          .forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
