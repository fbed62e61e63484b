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
 * A program of Pushpin's, and what it says of its version.
 *
 * @param command to start it with
 * @param number such as {@code 1.41.0}
 */
record PushpinProgram(String command, String number) {
  /** Where {@code scripts/get-pushpin} unpacks them; our build sets it, others' need not. */
  private static final @Nullable String UNPACKED = System.getProperty("gripstream.pushpins");

  private static final String INSTALLED = "pushpin";
  private static final Pattern SAID = Pattern.compile("pushpin (\\d+\\.\\d+\\S*)\\s*");

  /** By command; empty for one that cannot be run. */
  private static final Map<String, Optional<PushpinProgram>> KNOWN = new ConcurrentHashMap<>();

  /**
   * The one for tests that need no special version: what the environment variable {@code PUSHPIN}
   * names. Without it, in our own build, one of the newest version that is chosen, and elsewhere
   * the one that is installed.
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
            + "\" is no Pushpin, or cannot be run; install it, or name it in PUSHPIN"));
  }

  /**
   * One of that version: what the environment names ({@code PUSHPIN_1_41}), what
   * {@code scripts/get-pushpin} has unpacked, or what is installed.
   *
   * @throws IllegalStateException if none of them is of that version
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

  /** Where its own files are, if that is not where it was built for. */
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
