package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.app.Guide.Block;
import io.gripstream.app.Guide.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Types what the guides say, command after command, on a clean Debian: 12, or the one that
 * {@code -Dgripstream.debian=13} names. {@code scripts/guides} does it for both.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuidesIT {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final String DEBIAN = System.getProperty("gripstream.debian", "12");
  private static final Set<String> COMMANDS = Set.of("", "bash", "shell", "console");

  /** A machine that has just booted has what boots with it. */
  private static final Block RUNS = hidden(Kind.RUN, """
      timeout 180 sh -c 'until curl -sf -o /dev/null http://127.0.0.1:7999/eventstream/client.js; do sleep 0.2; done'
      """);

  /** Begins with what an earlier run has kept in this folder, or keeps it there. */
  private static final String KEPT = System.getProperty("gripstream.guides.kept", "");

  /** On the file system of the machines. */
  private Path kept;

  @BeforeAll
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void typeWhatAllBeginWith() throws IOException {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path machines = cache == null || cache.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache", "gripstream")
        : Path.of(cache, "gripstream");
    Files.createDirectories(machines);
    kept = KEPT.isEmpty()
        ? Files.createTempDirectory(machines, "kept")
        : Files.createDirectories(machines.resolve(KEPT));
    Guide deploy = Guide.read("deploy.md");
    if (!Files.exists(installed())) {
      try (CleanMachine machine = CleanMachine.toInstall(DEBIAN, installed())) {
        Typist.type(machine, Guide.only(deploy.blocks(), Block::installs), Duration.ofMinutes(15));
      }
    }
    if (!Files.exists(deployed())) {
      try (CleanMachine machine = CleanMachine.withAndKept(DEBIAN, installed(), deployed())) {
        Typist.type(
            machine,
            Guide.only(deploy.blocks(), block -> !block.installs() && !block.isUnderLoad()),
            Duration.ofMinutes(8));
      }
    }
    assertThat(installed()).exists();
    assertThat(deployed()).exists();
  }

  /** Where deploy.md has installed and built everything. */
  private Path installed() {
    return kept.resolve("installed");
  }

  /** Where deploy.md has been followed to its end. */
  private Path deployed() {
    return kept.resolve("deployed");
  }

  @AfterAll
  void removeWhatWasKept() {
    if (!KEPT.isEmpty()) {
      return;
    }
    Command.start(
            Path.of("target"), Map.of(), List.of("rm", "-rf", "--one-file-system", kept.toString()))
        .expectExit(0);
  }

  /** Guides that begin with a checkout that is built, and need no rights. */
  @ParameterizedTest
  @ValueSource(strings = {"authorization.md", "fastly-fanout.md", "moving-from-mercure.md"})
  void every_command_works_for_any_user(String name) throws IOException {
    try (CleanMachine machine = CleanMachine.forUser(DEBIAN, installed())) {
      Typist.type(machine, Guide.read(name));
    }
  }

  /** Guides that begin where deploy.md ends. */
  @ParameterizedTest
  @ValueSource(strings = {"publishing-from-shell.md", "running-for-years.md", "storage.md"})
  void every_command_works_on_a_machine_that_is_deployed_as_described(String name)
      throws IOException {
    List<Block> blocks = new ArrayList<>(List.of(RUNS));
    blocks.addAll(Guide.read(name).blocks());
    try (CleanMachine machine = CleanMachine.with(DEBIAN, deployed())) {
      Typist.type(machine, blocks, Duration.ofMinutes(5));
    }
  }

  /** From an empty folder: its text is what is compiled. */
  @Test
  @Timeout(value = 14, unit = TimeUnit.MINUTES)
  void an_application_of_your_own_works_from_an_empty_folder() throws IOException {
    Guide guide = Guide.read("your-application.md");
    Path written = kept.resolve("application");
    if (!Files.exists(written)) {
      try (CleanMachine machine = CleanMachine.installing(DEBIAN, installed(), written)) {
        Typist.type(machine, Guide.only(guide.blocks(), Block::installs), Duration.ofMinutes(10));
      }
    }
    try (CleanMachine machine = CleanMachine.with(DEBIAN, written)) {
      Typist.type(
          machine, Guide.only(guide.blocks(), block -> !block.installs()), Duration.ofMinutes(5));
    }
  }

  /** There and back again, while a client holds a stream at Pushpin and a publisher sends. */
  @Test
  @Timeout(value = 12, unit = TimeUnit.MINUTES)
  void upgrading_as_described_loses_no_event_and_cuts_no_stream() throws IOException {
    List<Block> blocks = new ArrayList<>(List.of(
        RUNS,
        hidden(Kind.BACKGROUND, """
            curl -sN http://127.0.0.1:7999/events/load > /mnt/share/client
            """),
        hidden(Kind.RUN, """
            timeout 60 sh -c 'until grep -q stream-open /mnt/share/client; do sleep 0.1; done'
            """),
        hidden(Kind.BACKGROUND, """
            . /etc/gripstream/env
            n=0
            until [ -e /mnt/share/enough ]; do
              curl -sS -o /dev/null --fail --retry 60 --retry-delay 1 --retry-all-errors \\
                -H "X-API-Key: $GRIPSTREAM_API_KEYS" -H 'Content-Type: application/json' \\
                -d "{\\"channel\\":\\"load\\",\\"data\\":\\"$n\\",\\"idempotency_key\\":\\"$n\\"}" \\
                http://127.0.0.1:8080/api/publish
              echo "$n" > /mnt/share/published
              n=$((n + 1))
            done
            """),
        // Something to pull and to build.
        hidden(Kind.RUN, """
            cd /opt/gripstream
            git push -q --force /mnt/repository HEAD:main
            cd /mnt/repository
            new=$(git -c user.name=A -c user.email=a@example.com commit-tree -p HEAD -m New 'HEAD^{tree}')
            git update-ref refs/heads/main "$new"
            touch /opt/gripstream/pom.xml
            """)));
    blocks.addAll(Guide.only(Guide.read("deploy.md").blocks(), Block::isUnderLoad));
    blocks.add(hidden(Kind.RUN, """
        touch /mnt/share/enough
        sleep 1
        timeout 120 sh -c 'until grep -q "^data: $(cat /mnt/share/published)$" /mnt/share/client; do sleep 0.1; done'
        """));
    try (CleanMachine machine = CleanMachine.with(DEBIAN, deployed())) {
      Typist.type(machine, blocks, Duration.ofMinutes(10));
      int last = Integer.parseInt(
          Files.readString(machine.folder().resolve("published")).strip());
      assertThat(last).isGreaterThan(100);
      assertThat(Files.readAllLines(machine.folder().resolve("client")))
          .filteredOn(line -> line.matches("data: \\d+"))
          .isEqualTo(IntStream.rangeClosed(0, last).mapToObj(n -> "data: " + n).toList());
    }
  }

  private static Block hidden(Kind kind, String text) {
    return new Block(0, kind, "sh", text, List.of());
  }

  /** Guides that begin beside a Django that has sent events. */
  @ParameterizedTest
  @ValueSource(strings = {"moving-from-django-eventstream.md"})
  void every_command_works_beside_django(String name) throws IOException {
    try (CleanMachine machine = CleanMachine.with(DEBIAN, installed())) {
      List<Block> blocks =
          new ArrayList<>(List.of(hidden(Kind.RUN, DjangoProject.install(machine.folder()))));
      blocks.addAll(Guide.read(name).blocks());
      Typist.type(machine, blocks, Duration.ofMinutes(4));
    }
  }

  @Test
  void deployment_works_with_the_newest_pushpin() throws IOException {
    try (FolderMachine machine = FolderMachine.create()) {
      machine.use(Path.of(machine.run(REPOSITORY + "/scripts/get-pushpin", "1.41")));
      Typist.type(machine, Guide.read("deploy.md"));
    }
  }

  @Test
  void no_guide_with_commands_is_forgotten() throws Exception {
    Set<String> run = new TreeSet<>(Set.of("deploy.md", "your-application.md"));
    for (String method : List.of(
        "every_command_works_for_any_user",
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
          .filteredOn(block -> block.kind() != Kind.INTERRUPT)
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
}
