package io.gripstream.grip.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Pushpin program and the version that it reports.
 *
 * @param command to start it with
 * @param number such as {@code 1.41.0}
 */
record PushpinProgram(String command, String number) {
  /** The folder of {@code scripts/get-pushpin}; set by this project's build only. */
  private static final @Nullable String UNPACKED = System.getProperty("gripstream.pushpins");

  private static final String INSTALLED = "pushpin";
  private static final Pattern SAID = Pattern.compile("pushpin (\\d+\\.\\d+\\S*)\\s*");

  /** By command; empty if it cannot be run. */
  private static final Map<String, Optional<PushpinProgram>> KNOWN = new ConcurrentHashMap<>();

  /**
   * Returns the program for tests that need no special version: the one that the environment
   * variable {@code PUSHPIN} names. Without it: in this project's build, one of the newest chosen
   * version, and elsewhere the installed one.
   */
  static PushpinProgram usual() {
    String named = System.getenv("PUSHPIN");
    if (named == null && UNPACKED != null) {
      List<PushpinVersion> chosen = PushpinVersion.chosen();
      return of(chosen.get(chosen.size() - 1));
    }
    String command = named == null ? INSTALLED : named;
    return ask(command)
        .orElseThrow(() -> new IllegalStateException("\"" + command
            + "\" is not Pushpin, or cannot be run; install it, or name it in PUSHPIN"));
  }

  /**
   * Returns a program of that version: the one that the environment names ({@code PUSHPIN_1_41}),
   * the one that {@code scripts/get-pushpin} has unpacked, or the installed one.
   *
   * @throws IllegalStateException if none of them has that version
   */
  static PushpinProgram of(PushpinVersion version) {
    String variable = "PUSHPIN_" + version.toString().replace('.', '_');
    String named = System.getenv(variable);
    var commands = new ArrayList<String>();
    if (named != null) {
      commands.add(named);
    } else {
      if (UNPACKED != null) {
        commands.add(UNPACKED + "/pushpin-" + version + "/bin/pushpin");
      }
      commands.add(INSTALLED);
    }
    return commands.stream()
        .flatMap(command -> ask(command).stream())
        .filter(program -> program.number.startsWith(version + "."))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(String.format(
            Locale.ROOT,
            "there is no Pushpin %s at %s; scripts/get-pushpin %1$s brings it, or name it in %s",
            version,
            String.join(" or ", commands),
            variable)));
  }

  PushpinVersion version() {
    return PushpinVersion.like(number);
  }

  /** The folder of its own files, if it is not the default. */
  Optional<Path> libraries() {
    Path program = Path.of(command);
    if (program.getNameCount() < 3) {
      return Optional.empty();
    }
    Path folder = program.toAbsolutePath().resolve("../../lib/pushpin").normalize();
    return Files.isDirectory(folder) ? Optional.of(folder) : Optional.empty();
  }

  private static Optional<PushpinProgram> ask(String command) {
    return KNOWN.computeIfAbsent(command, PushpinProgram::run);
  }

  private static Optional<PushpinProgram> run(String command) {
    try {
      Process process =
          new ProcessBuilder(command, "--version").redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher match = SAID.matcher(said);
      return match.matches()
          ? Optional.of(new PushpinProgram(command, match.group(1)))
          : Optional.empty();
    } catch (UncheckedIOException | IOException notThere) {
      return Optional.empty();
    }
  }
}
