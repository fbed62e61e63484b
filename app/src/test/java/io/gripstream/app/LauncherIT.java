package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scripts/gripstream} and the archive that makes commands start faster, on every Java. */
class LauncherIT {
  private static final Path SCRIPTS = Path.of("../scripts").toAbsolutePath();
  private static final Path JAR = Path.of("target/gripstream.jar").toAbsolutePath();

  @TempDir
  Path directory;

  private Path target;

  @BeforeEach
  void copy() throws IOException {
    target = Files.createDirectories(directory.resolve("app/target"));
    Files.copy(JAR, target.resolve("gripstream.jar"));
    Files.createDirectory(directory.resolve("scripts"));
    Files.copy(SCRIPTS.resolve("gripstream"), directory.resolve("scripts/gripstream"));
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 21, 25})
  void an_archive_is_made_once_and_nothing_is_said_of_it(int version) throws IOException {
    Map<String, String> java = java(version);

    assertSilent(gripstream(java, "--prepare"));

    Path archive = files(".jsa").get(0);
    FileTime made = Files.getLastModifiedTime(archive);
    assertThat(Files.size(archive)).isGreaterThan(10_000_000);
    assertSilent(gripstream(java, "publish", "--quiet", "a", "b"));
    assertSilent(gripstream(java, "--prepare"));
    assertThat(files(".jsa")).containsExactly(archive);
    assertThat(Files.getLastModifiedTime(archive)).isEqualTo(made);
    Map<String, String> strictly = new HashMap<>(java);
    strictly.put("GRIPSTREAM_JAVA_OPTS", "-Xlog:class+load:file=" + directory.resolve("loaded"));
    assertSilent(gripstream(strictly, "publish", "--quiet", "a", "b"));
    assertThat(Files.readString(directory.resolve("loaded")))
        .contains("io.gripstream.app.cli.PublishCommand source: shared objects file");

    Files.delete(archive);
    Files.writeString(archive, "a disk that was full");
    assertSilent(gripstream(java, "publish", "--quiet", "a", "b"));
  }

  @Test
  void a_failure_to_make_it_is_remembered_and_thrown_at_each_call() throws IOException {
    // Everything but the dump works.
    Path home = Files.createDirectories(directory.resolve("java/bin")).getParent();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path java = Files.writeString(
        home.resolve("bin/java"),
        "#!/bin/sh\ncase $1 in -Xshare:dump) echo x >>" + directory.resolve("dumps")
            + "; exit 1 ;; esac\nexec '" + System.getProperty("java.home") + "/bin/java' \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Map<String, String> settings = settings(home.toString());

    Command asked = gripstream(settings, "--prepare").expectExit(1);
    assertThat(asked.err())
        .isEqualTo("gripstream: what makes the next commands start faster could not be made in "
            + target + "; they work without\n");
    gripstream(settings, "--prepare", "once").expectExit(1);
    assertSilent(gripstream(settings, "publish", "--quiet", "a", "b"));

    assertThat(files(".failed")).hasSize(1);
    assertThat(directory.resolve("dumps")).hasContent("x");
  }

  @Test
  void a_server_has_a_bounded_heap_and_returns_unused_memory() throws IOException {
    assertThat(optionsOf(Map.of(), "serve"))
        .anyMatch(option ->
            option.matches("-Xmx\\d+m") && Integer.parseInt(option.replaceAll("\\D", "")) <= 1_024)
        .contains("-XX:MaxHeapFreeRatio=20", "-XX:G1PeriodicGCInterval=60000");
    assertThat(optionsOf(Map.of(), "publish", "a", "b"))
        .noneMatch(option -> option.startsWith("-Xmx"));
  }

  @ParameterizedTest
  @CsvSource({
    "GRIPSTREAM_JAVA_OPTS, -Xmx3g",
    "GRIPSTREAM_JAVA_OPTS, -Xms3g",
    "GRIPSTREAM_JAVA_OPTS, -XX:MaxRAMPercentage=75",
    "JAVA_TOOL_OPTIONS, -XX:MaxHeapSize=3g",
    "JDK_JAVA_OPTIONS, -Xmx3g"
  })
  void a_configured_heap_is_not_changed(String variable, String option) throws IOException {
    List<String> options = optionsOf(Map.of(variable, option), "serve");

    assertThat(options).noneMatch(other -> other.startsWith("-Xmx") && !other.equals(option));
    assertThat(options.contains(option)).isEqualTo(variable.startsWith("GRIPSTREAM"));
  }

  /** The arguments with which Java runs this command. */
  private List<String> optionsOf(Map<String, String> environment, String... arguments)
      throws IOException {
    Path home = Files.createDirectories(directory.resolve("java/bin")).getParent();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path given = directory.resolve("given");
    Path java = Files.writeString(
        home.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" + given + "'\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Map<String, String> settings = new HashMap<>(settings(home.toString()));
    settings.putAll(environment);
    // With this Java it cannot be made, and no later command begins to in the background.
    gripstream(settings, "--prepare", "once").expectExit(1);
    gripstream(settings, arguments).expectExit(0);
    return Files.readAllLines(given);
  }

  private List<Path> files(String end) throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files.filter(file -> file.toString().endsWith(end)).toList();
    }
  }

  private static void assertSilent(Command command) {
    command.expectExit(0);
    assertThat(command.out() + command.err()).isEmpty();
  }

  private Map<String, String> java(int version) {
    Command found = Command.start(
        directory, Map.of(), List.of(SCRIPTS.resolve("get-java").toString(), "" + version));
    return settings(found.expectExit(0).out().strip());
  }

  private static Map<String, String> settings(String home) {
    return Map.of("JAVA_HOME", home, "DATABASE_URL", "jdbc:sqlite:events.db");
  }

  private Command gripstream(Map<String, String> settings, String... arguments) {
    return Command.start(
        directory,
        settings,
        Stream.concat(Stream.of("bash", "scripts/gripstream"), Stream.of(arguments))
            .toList());
  }
}
