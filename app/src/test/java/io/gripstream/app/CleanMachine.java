package io.gripstream.app;

import io.gripstream.app.Guide.Block;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A separate Debian with nothing but the installations of the guides:
 * {@code scripts/clean-machine}. What is typed there is what the guides say, word for word.
 */
final class CleanMachine implements Machine {
  private static final Path SCRIPT =
      Path.of("../scripts/clean-machine").toAbsolutePath().normalize();

  private final String debian;
  private final boolean installs;
  private final List<String> options;
  private final List<String> login;
  private final Path folder;

  private CleanMachine(String debian, boolean installs, List<String> options, List<String> login)
      throws IOException {
    this.debian = debian;
    this.installs = installs;
    this.options = options;
    this.login = login;
    folder = Files.createTempDirectory("guide");
    // For any user that types the guide.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /** Where nothing is yet, and what comes is kept. */
  static CleanMachine toInstall(String debian, Path kept) throws IOException {
    return new CleanMachine(
        debian, true, List.of("--network", "--keep", kept.toString()), List.of());
  }

  /** Where all is that was kept before, with the network, and what comes is kept, too. */
  static CleanMachine installing(String debian, Path before, Path kept) throws IOException {
    return new CleanMachine(
        debian,
        true,
        List.of("--network", "--on", before.toString(), "--keep", kept.toString()),
        List.of());
  }

  /** Where all is that was kept before. */
  static CleanMachine with(String debian, Path before) throws IOException {
    return new CleanMachine(debian, false, List.of("--on", before.toString()), List.of());
  }

  /** The same, and what comes is kept, too. */
  static CleanMachine withAndKept(String debian, Path before, Path kept) throws IOException {
    return new CleanMachine(
        debian, false, List.of("--on", before.toString(), "--keep", kept.toString()), List.of());
  }

  /** The folder of everything kept before, for a user who may change only the checkout. */
  static CleanMachine forUser(String debian, Path before) throws IOException {
    // Folders only: each file would have to be copied for it.
    String login = "useradd --create-home newcomer"
        + " && find /opt/gripstream -maxdepth 2 -type d -exec chown newcomer: {} +"
        + " && exec runuser -u newcomer -- \"$@\"";
    return new CleanMachine(
        debian, false, List.of("--on", before.toString()), List.of("sh", "-c", login, "sh"));
  }

  @Override
  public boolean types(Block block) {
    return block.isFor(debian) && (!block.installs() || installs || login.isEmpty());
  }

  @Override
  public String here(String text) {
    return text.replace("REPOSITORY", "/mnt/repository");
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public String folderInside() {
    return "/mnt/share";
  }

  @Override
  public Command shell(String script) {
    List<String> line = new ArrayList<>(
        List.of(SCRIPT.toString(), "--debian", debian, "--share", folder.toString()));
    line.addAll(options);
    line.addAll(login);
    line.addAll(List.of("bash", folderInside() + "/" + script));
    return Command.start(folder, Map.of(), line);
  }

  @Override
  public void end(Command shell) {
    // With its first process all end that are in there; then it keeps what it is to keep.
    shell.end(Duration.ofMinutes(2));
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
