package io.gripstream.eventstream.internal.direct.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections one process may have here. */
final class Limits {
  private Limits() {}

  /** The hard limit on open files, to which the servers and the load raise themselves. */
  static int openFiles() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.split("\\s{2,}")[2])
        .mapToInt(hard -> hard.equals("unlimited") ? 1_000_000 : Integer.parseInt(hard))
        .findFirst()
        .orElse(1_024);
  }

  /** As many connections as wanted, or as this machine lets one process have. */
  static int connections(int wanted) throws IOException {
    return Math.min(wanted, openFiles() - 500);
  }
}
