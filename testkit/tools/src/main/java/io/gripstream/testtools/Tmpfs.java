package io.gripstream.testtools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A disk in memory with options of the test. Mounting it needs root or sudo. */
public final class Tmpfs implements AutoCloseable {
  private final Path folder;

  private Tmpfs(Path folder) {
    this.folder = folder;
  }

  /**
   * Mounts a disk at a folder, which is created.
   *
   * @param options such as {@code size=2m}; every user may write
   */
  public static Tmpfs mount(Path folder, String options) {
    try {
      Files.createDirectory(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("mount", "-t", "tmpfs", "-o", options + ",mode=777", "tmpfs", folder.toString());
    return new Tmpfs(folder);
  }

  /** Changes its options, such as {@code size=20m} or {@code ro}. */
  public void remount(String options) {
    run("mount", "-o", "remount," + options, folder.toString());
  }

  /** Its folder. */
  public Path folder() {
    return folder;
  }

  private static void run(String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    if (!System.getProperty("user.name").equals("root")) {
      line.addAll(0, List.of("sudo", "-n"));
    }
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(line + ": " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    run("umount", folder.toString());
  }
}
