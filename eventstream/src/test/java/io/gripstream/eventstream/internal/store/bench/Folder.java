package io.gripstream.eventstream.internal.store.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A temporary folder that is emptied and removed in the end. */
final class Folder implements AutoCloseable {
  private final Path path;

  Folder() throws IOException {
    this.path = Files.createTempDirectory("store-bench");
  }

  String path() {
    return path.toString();
  }

  Path file(String name) {
    return path.resolve(name);
  }

  String url(String name) {
    return "jdbc:sqlite:" + file(name);
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
