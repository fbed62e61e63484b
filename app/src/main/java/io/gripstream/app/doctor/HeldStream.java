package io.gripstream.app.doctor;

import io.gripstream.app.server.RequestTrace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream, and how its request reached the server.
 *
 * @param seen null: the server does not report it
 */
record HeldStream(Probe probe, @Nullable RequestTrace seen) implements AutoCloseable {
  /** The names of its channels at the proxy. */
  List<String> names() {
    return seen == null
        ? List.of()
        : seen.channels().stream()
            .flatMap(line -> List.of(line.split(",")).stream())
            .map(element -> element.split(";", 2)[0].strip())
            .filter(name -> !name.isEmpty())
            .toList();
  }

  String name() {
    return names().get(0);
  }

  boolean isReliable() {
    return seen != null && seen.channels().stream().anyMatch(line -> line.contains("prev-id="));
  }

  @Override
  public void close() {
    probe.close();
  }
}
