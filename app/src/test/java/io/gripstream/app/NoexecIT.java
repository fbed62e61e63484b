package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.testtools.Tmpfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hardened machines run nothing from {@code /tmp}, and the driver of SQLite unpacks itself there.
 */
class NoexecIT {
  @TempDir
  Path directory;

  private Tmpfs disk;

  @BeforeEach
  void mount() {
    disk = Tmpfs.mount(directory.resolve("tmp"), "noexec,size=50m");
  }

  @AfterEach
  void unmount() {
    disk.close();
  }

  @Test
  void storage_works_if_the_temporary_folder_is_noexec() throws Exception {
    try (Command publish = publish(directory.resolve("events.db"), directory)) {
      publish.expectExit(0);

      assertThat(publish.out()).isEqualTo("published to news, id 1" + System.lineSeparator());
      assertThat(publish.err()).isEmpty();
    }
    assertThat(left(directory)).as("left in the database's folder").isEmpty();
    assertThat(left(disk.folder())).isEmpty();
  }

  @Test
  void database_on_such_a_disk_is_served_with_a_library_in_the_users_own_folder() {
    try (Command publish = publish(disk.folder().resolve("events.db"), directory)) {
      assertThat(publish.expectExit(0).err()).isEmpty();
    }
    assertThat(directory.resolve(".cache")).isDirectory();
  }

  @Test
  void command_says_in_a_line_that_no_folder_will_do() {
    try (Command publish = publish(disk.folder().resolve("events.db"), disk.folder())) {
      publish.expectExit(1);

      assertThat(publish.err())
          .hasLineCount(1)
          .contains("cannot be loaded from " + disk.folder())
          .contains("-Dorg.sqlite.tmpdir=DIR");
    }
  }

  private Command publish(Path database, Path home) {
    return Command.start(
        directory,
        Map.of("DATABASE_URL", "jdbc:sqlite:" + database),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + disk.folder(),
            "-Duser.home=" + home,
            "-jar",
            Path.of("target/gripstream.jar").toAbsolutePath().toString(),
            "publish",
            "news",
            "hello"));
  }

  private static List<Path> left(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().contains("libsqlite")).toList();
    }
  }
}
