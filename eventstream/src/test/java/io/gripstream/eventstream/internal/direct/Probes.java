package io.gripstream.eventstream.internal.direct;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The kernel's view of the connections of a server: {@code /proc/net/tcp}. */
final class Probes {
  private static final String ESTABLISHED = "01";
  private static final String KEEP_ALIVE_TIMER = "02";
  private static final int JIFFIES_PER_SECOND = 100;

  private Probes() {}

  /** Whether all of the server's connections, and there are some, are probed within that time. */
  static boolean areSetWithin(int port, int seconds) {
    List<String[]> connections = new ArrayList<>();
    try {
      for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
        for (String line : Files.readAllLines(Path.of(table))) {
          String[] columns = line.trim().split("\\s+");
          if (columns[1].endsWith(String.format(Locale.ROOT, ":%04X", port))
              && columns[3].equals(ESTABLISHED)) {
            connections.add(columns[5].split(":"));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return !connections.isEmpty()
        && connections.stream()
            .allMatch(timer -> timer[0].equals(KEEP_ALIVE_TIMER)
                && Long.parseLong(timer[1], 16) < (long) seconds * JIFFIES_PER_SECOND);
  }
}
