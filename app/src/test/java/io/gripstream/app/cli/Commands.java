package io.gripstream.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Commands as they are typed, with a storage in SQLite. */
abstract class Commands {
  static final String SECRET = "0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f";

  @TempDir
  Path directory;

  void assertWrong(int code, String message, String... arguments) {
    CommandLineRun run = run(arguments);
    assertThat(run.err()).isEqualToIgnoringNewLines("gripstream: " + message);
    assertThat(run.code()).isEqualTo(code);
  }

  CommandLineRun run(String... arguments) {
    return CommandLineRun.of(environment(), arguments);
  }

  Map<String, String> environment() {
    return new HashMap<>(Map.of("DATABASE_URL", "jdbc:sqlite:" + database()));
  }

  Path database() {
    return directory.resolve("events.db");
  }
}
