package io.gripstream.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A Django project of the test's own, with Debian's Django, as django-eventstream has it. */
final class DjangoProject {
  private static final Path FILES = Path.of("src/test/resources/django").toAbsolutePath();
  private static final Path PROGRAM = FILES.resolve("project.py");

  private DjangoProject() {}

  /** The commands for a clean machine that has {@code project.py} in its shared folder. */
  static String install(Path shared) throws IOException {
    Files.copy(PROGRAM, shared.resolve("project.py"));
    return Files.readString(FILES.resolve("install.sh"));
  }

  /** Makes the tables and sends events; returns what its clients got, a JSON object per line. */
  static List<String> fill(Path directory, String database) {
    return Command.start(
            directory, Map.of(), List.of("/usr/bin/python3", PROGRAM.toString(), "fill", database))
        .expectExit(0)
        .out()
        .lines()
        .toList();
  }

  /** Sends values with this {@code send_event}; returns what Django's own would have sent. */
  static List<String> send(Path directory, Path sendEvent, String url, String key) {
    return Command.start(
            directory,
            Map.of("PYTHONDONTWRITEBYTECODE", "1"),
            List.of(
                "sh",
                "-c",
                "exec /usr/bin/python3 \"$0\" send \"$1\" \"$2\" <\"$3\"",
                PROGRAM.toString(),
                url,
                key,
                sendEvent.toString()))
        .expectExit(0)
        .out()
        .lines()
        .toList();
  }
}
