package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Guide.Block;
import io.gripstream.app.Guide.Kind;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.PostgresServer;
import io.gripstream.grip.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Types what the guides say, command after command, on a machine of the test's own: the same
 * programs, but other ports and other folders instead of /etc, /opt and /var.
 */
class GuidesIT {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> COMMANDS = Set.of("", "bash", "shell", "console");

  /** What differs from the machine that the guides describe. */
  private final Map<String, String> differences = new LinkedHashMap<>();

  private Path machine;

  /** Come before those of the system. */
  private Path programs;

  @BeforeEach
  void prepareMachine() throws IOException {
    // Not in the folder of JUnit: the names of Pushpin's sockets would be too long.
    machine = Files.createTempDirectory(Path.of("/tmp"), "g");
    programs = Files.createDirectory(machine.resolve("bin"));
    List<Integer> ports = Ports.free(5);
    List<String> documented = List.of("7999", "8080", "8081", "5561", "9000");
    for (int i = 0; i < documented.size(); i++) {
      differences.put("\\b" + documented.get(i) + "\\b", Integer.toString(ports.get(i)));
    }
    for (String folder : List.of("/opt/gripstream", "/etc", "/var", "/run")) {
      differences.put("(?<![\\w.])" + folder + "\\b(?=/|$|[ ;&])", machine + folder);
    }
    Path top = machine.resolve("opt/gripstream");
    Files.createDirectories(top.resolve("app/target"));
    Files.createSymbolicLink(
        top.resolve("app/target/gripstream.jar"), REPOSITORY.resolve("app/target/gripstream.jar"));
    // What Debian's package of Pushpin brings.
    for (String folder : List.of("etc/pushpin", "etc/cron.d", "run/pushpin", "var/log/pushpin")) {
      Files.createDirectories(machine.resolve(folder));
    }
    if (isUser("pushpin")) {
      Files.setPosixFilePermissions(machine, PosixFilePermissions.fromString("rwxr-xr-x"));
      run("chown", "pushpin", machine + "/run/pushpin", machine + "/var/log/pushpin");
    } else {
      becomeNobody();
    }
  }

  /** Where Debian's package is not installed, or we are not root. */
  private void becomeNobody() {
    differences.put("runuser -u pushpin -- ", "");
    differences.put(" -o pushpin\\b", "");
  }

  private boolean isUser(String name) {
    return System.getProperty("user.name").equals("root")
        && Command.start(machine, Map.of(), List.of("id", name)).awaitExit() == 0;
  }

  private String run(String... line) {
    return Command.start(machine, Map.of(), List.of(line)).expectExit(0).out().strip();
  }

  @AfterEach
  void removeMachine() throws IOException {
    try (Stream<Path> files = Files.walk(machine)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"authorization.md", "fastly-fanout.md", "moving-from-mercure.md", "storage.md"})
  void every_command_works(String name) throws IOException {
    type(Guide.read(name));
  }

  /** Guides that begin beside a Django that has sent events. */
  @ParameterizedTest
  @ValueSource(strings = {"moving-from-django-eventstream.md"})
  void every_command_works_beside_django(String name) throws IOException {
    Path application = Files.createDirectories(machine.resolve("var/www/app"));
    DjangoProject.fill(machine, application.resolve("db.sqlite3").toString());
    String database = PostgresServer.shared()
        .newDatabase()
        .replace("jdbc:postgresql://", "postgres://postgres@")
        .split("\\?")[0];
    DjangoProject.fill(machine, database);
    differences.put("\\$DJANGO\\b", database);
    type(Guide.read(name));
  }

  /** Guides that begin where deploy.md ends. */
  @ParameterizedTest
  @ValueSource(strings = {"publishing-from-shell.md"})
  void every_command_works_on_a_machine_that_is_deployed_as_described(String name)
      throws IOException {
    type(Guide.read("deploy.md"), Guide.read(name));
  }

  @Test
  void deployment_works_with_the_newest_pushpin() throws IOException {
    Path pushpin = Path.of(run(REPOSITORY + "/scripts/get-pushpin", "1.41"));
    if (pushpin.startsWith(REPOSITORY)) {
      Path program = Files.writeString(
          programs.resolve("pushpin"), "#!/bin/sh\nexec %s \"$@\"\n".formatted(pushpin));
      assertThat(program.toFile().setExecutable(true)).isTrue();
      String library = pushpin.resolve("../../lib/pushpin").normalize().toString();
      differences.put("^\\[global\\]$", "[global]\nlibdir=" + library);
      // Other users may not be let in where it is unpacked.
      becomeNobody();
    }
    type(Guide.read("deploy.md"));
  }

  @Test
  void no_guide_with_commands_is_forgotten() throws Exception {
    Set<String> run = new TreeSet<>(Set.of("deploy.md"));
    for (String method : List.of(
        "every_command_works",
        "every_command_works_beside_django",
        "every_command_works_on_a_machine_that_is_deployed_as_described")) {
      run.addAll(List.of(getClass()
          .getDeclaredMethod(method, String.class)
          .getAnnotation(ValueSource.class)
          .strings()));
    }
    for (Path page : pages()) {
      String name = page.getFileName().toString();
      Guide guide = Guide.read(name);
      assertThat(guide.blocks())
          .as("%s: blocks of commands are of language sh, all others say what they are", name)
          .noneMatch(block -> COMMANDS.contains(block.language()));
      if (guide.blocks().stream().anyMatch(block -> block.kind() == Kind.RUN)) {
        assertThat(run).contains(name);
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.list(REPOSITORY.resolve("docs"))) {
      return pages.filter(page -> page.toString().endsWith(".md")).sorted().toList();
    }
  }

  private void type(Guide... guides) throws IOException {
    List<Block> blocks =
        Stream.of(guides).flatMap(guide -> guide.blocks().stream()).toList();
    for (String folder : List.of("scripts", "pushpin", "docs/deploy")) {
      copy(REPOSITORY.resolve(folder), machine.resolve("opt/gripstream").resolve(folder));
    }
    Path script = Files.writeString(machine.resolve("script"), script(blocks));
    Command shell = Command.start(
        machine.resolve("opt/gripstream"),
        // Where a server listens that is not told.
        Map.of("PORT", here("8080"), "PATH", programs + ":" + System.getenv("PATH")),
        List.of("bash", script.toString()));
    try {
      Eventually.within(Duration.ofSeconds(120), () -> assertThat(shell.out()).contains("ended"));
      assertThat(shell.out()).as(() -> failure(blocks, shell.out())).contains("ended well");
      for (int i = 0; i < blocks.size(); i++) {
        if (blocks.get(i).kind() == Kind.PRINTS) {
          expectPrinted(blocks, i);
        }
      }
    } finally {
      end(shell);
    }
  }

  /** One shell, so that what a block exports is there in the next one. */
  private String script(List<Block> blocks) {
    StringBuilder script = new StringBuilder("""
        set -euo pipefail
        exec 3>&1
        # Stays, and so keeps what is in the background, until the test has ended all of it.
        trap 'echo "ended ${end:-in block $block}" >&3; cat >/dev/null' EXIT
        await() {
          local tries=0
          until grep -qF -- "$2" "$1"; do
            [ $((tries += 1)) -lt 600 ] || { echo "has not printed: $2"; exit 1; }
            sleep 0.1
          done
        }
        """);
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      String text = here(block.text());
      Path output = output(i);
      script.append("block=").append(i).append('\n');
      switch (block.kind()) {
        case RUN -> script.append("exec >%s 2>&1\n%s\n".formatted(output, text));
        case FAILS ->
          script.append("exec >%s 2>&1\nif (\n%s\n)\nthen echo 'it does not fail'; exit 1; fi\n"
              .formatted(output, text));
        case BACKGROUND -> {
          script.append("(\n%s\n) >%s 2>&1 </dev/null &\n".formatted(text, output));
          if (!block.detail().isEmpty()) {
            script.append("await %s '%s'\n".formatted(output, here(block.detail())));
          }
        }
        case PRINTS, NOT_RUN, NO_COMMAND -> {}
      }
    }
    return script.append("end=well\n").toString();
  }

  private String failure(List<Block> blocks, String out) {
    int index = Integer.parseInt(out.replaceAll("(?s).*in block (\\d+).*", "$1"));
    return "line %d of the guide:%n%s%nprinted:%n%s"
        .formatted(blocks.get(index).line(), blocks.get(index).text(), printed(index));
  }

  private void expectPrinted(List<Block> blocks, int index) {
    Block expected = blocks.get(index);
    int from = index - 1;
    while (from > 0 && blocks.get(from).kind() == Kind.NOT_RUN) {
      from--;
    }
    int source = from;
    String pattern = here(expected.text())
        .lines()
        .map(line -> Stream.of(line.split("…", -1))
            .map(part -> part.isEmpty() ? "" : Pattern.quote(part))
            .collect(Collectors.joining(".*")))
        .collect(Collectors.joining("\\n(?:.*\\n)*?", "(?:.*\\n)*?", "\\n(?:.*\\n)*"));
    Eventually.eventually(() -> assertThat(printed(source) + "\n")
        .as("what line %d says", expected.line())
        .matches(pattern));
  }

  private Path output(int block) {
    return machine.resolve("out" + block);
  }

  private String printed(int block) {
    try {
      return Files.exists(output(block)) ? Files.readString(output(block)) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String here(String text) {
    String changed = text;
    for (Map.Entry<String, String> difference : differences.entrySet()) {
      changed = Pattern.compile(difference.getKey(), Pattern.MULTILINE)
          .matcher(changed)
          .replaceAll(difference.getValue());
    }
    return changed;
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

  /** Whatever the guide has started; none of it outlives the test. */
  private static void end(Command shell) {
    List<ProcessHandle> started = new ArrayList<>(shell.handle().descendants().toList());
    started.forEach(ProcessHandle::destroy);
    Eventually.within(
        Duration.ofSeconds(15),
        () -> assertThat(started).as("%s", started).noneMatch(ProcessHandle::isAlive));
    shell.kill();
  }
}
