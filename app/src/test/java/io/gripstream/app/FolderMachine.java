package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Guide.Block;
import io.gripstream.app.Guide.Kind;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** This machine, with other ports, and other folders instead of /etc, /opt and /var. */
final class FolderMachine implements Machine {
  /** As the guides tell systemd ({@code TimeoutStopSec}): a server may take 20 s of it. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  private final Map<String, String> differences = new LinkedHashMap<>();
  private final Path folder;

  /** Come before those of the system. */
  private final Path programs;

  private FolderMachine(Path folder) throws IOException {
    this.folder = folder;
    programs = Files.createDirectory(folder.resolve("bin"));
  }

  static FolderMachine create() throws IOException {
    // Not in the folder of JUnit: the names of Pushpin's sockets would be too long.
    FolderMachine machine = new FolderMachine(Files.createTempDirectory(Path.of("/tmp"), "g"));
    machine.prepare();
    return machine;
  }

  private void prepare() throws IOException {
    List<Integer> ports = Ports.free(5);
    List<String> documented = List.of("7999", "8080", "8081", "5561", "9000");
    for (int i = 0; i < documented.size(); i++) {
      differ("\\b" + documented.get(i) + "\\b", Integer.toString(ports.get(i)));
    }
    for (String top : List.of("/opt/gripstream", "/etc", "/var", "/run")) {
      differ("(?<![\\w.])" + top + "\\b(?=/|$|[ ;&])", folder + top);
    }
    Path target = Files.createDirectories(folder.resolve("opt/gripstream/app/target"));
    Files.createSymbolicLink(
        target.resolve("gripstream.jar"), REPOSITORY.resolve("app/target/gripstream.jar"));
    // The files of Debian's package of Pushpin.
    for (String brought : List.of("etc/pushpin", "etc/cron.d", "run/pushpin", "var/log/pushpin")) {
      Files.createDirectories(folder.resolve(brought));
    }
    if (isUser("pushpin")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      run("chown", "pushpin", folder + "/run/pushpin", folder + "/var/log/pushpin");
    } else {
      becomeNobody();
    }
  }

  /** Types something else than what the guide says. */
  private void differ(String pattern, String replacement) {
    differences.put(pattern, replacement);
  }

  /** Takes this Pushpin. */
  void use(Path pushpin) throws IOException {
    if (pushpin.startsWith(REPOSITORY)) {
      Path program = Files.writeString(
          programs.resolve("pushpin"), "#!/bin/sh\nexec %s \"$@\"\n".formatted(pushpin));
      assertThat(program.toFile().setExecutable(true)).isTrue();
      String library = pushpin.resolve("../../lib/pushpin").normalize().toString();
      differ("^\\[global\\]$", "[global]\nlibdir=" + library);
      // Other users may not be let in where it is unpacked.
      becomeNobody();
    }
  }

  /** Where Debian's package is not installed, or we are not root. */
  private void becomeNobody() {
    differ("runuser -u pushpin -- ", "");
    differ(" -o pushpin\\b", "");
  }

  private boolean isUser(String name) {
    return System.getProperty("user.name").equals("root")
        && Command.start(folder, Map.of(), List.of("id", name)).awaitExit() == 0;
  }

  String run(String... line) {
    return Command.start(folder, Map.of(), List.of(line)).expectExit(0).out().strip();
  }

  @Override
  public boolean types(Block block) {
    // Background processes stay: no services take their place.
    return !block.changesTheMachine() && block.kind() != Kind.INTERRUPT;
  }

  @Override
  public String here(String text) {
    String changed = text;
    for (Map.Entry<String, String> difference : differences.entrySet()) {
      changed = Pattern.compile(difference.getKey(), Pattern.MULTILINE)
          .matcher(changed)
          .replaceAll(difference.getValue());
    }
    return changed;
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public String folderInside() {
    return folder.toString();
  }

  @Override
  public Command shell(String script) {
    try {
      for (String copied : List.of("scripts", "pushpin", "docs/deploy")) {
        copy(REPOSITORY.resolve(copied), folder.resolve("opt/gripstream").resolve(copied));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Command.start(
        folder.resolve("opt/gripstream"),
        // Where a server listens that is not told.
        Map.of("PORT", here("8080"), "PATH", programs + ":" + System.getenv("PATH")),
        // A separate session: it identifies all processes that the script has started.
        List.of("setsid", "bash", folder.resolve(script).toString()));
  }

  private void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = Files.writeString(
            to.resolve(file.getFileName().toString()), here(Files.readString(file)));
        copy.toFile().setExecutable(Files.isExecutable(file));
      }
    }
  }

  @Override
  public void end(Command shell) {
    long session = shell.handle().pid();
    List<ProcessHandle> started = ProcessHandle.allProcesses()
        .filter(process -> process.pid() != session && isOf(session, process))
        .toList();
    started.forEach(ProcessHandle::destroy);
    try {
      Eventually.within(
          LONGEST_STOP,
          () -> assertThat(started).as("%s", started).noneMatch(ProcessHandle::isAlive));
    } finally {
      started.forEach(ProcessHandle::destroyForcibly);
      shell.kill();
    }
  }

  /** Also when its parent has ended: a process in the background has none of the script's then. */
  private static boolean isOf(long session, ProcessHandle process) {
    try {
      // proc(5): behind the name in parentheses come state, parent, group, session.
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3].equals(Long.toString(session));
    } catch (IOException e) {
      // It has ended meanwhile.
      return false;
    }
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
