package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite itself, which its driver unpacks into a folder for temporary files. If programs
 * cannot run from that folder (mounted {@code noexec}), another one is used: that of the database,
 * or one of this user's. Thread-safe.
 */
final class SqliteLibrary {
  /** The driver's property for that folder. */
  private static final String FOLDER = "org.sqlite.tmpdir";

  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private static volatile boolean isLoaded;

  private SqliteLibrary() {}

  /**
   * Loads it, unless it is loaded already.
   *
   * @param database its folder is one of the candidates
   * @throws StoreException if it can be loaded from no folder
   */
  static void load(Path database) {
    if (!isLoaded) {
      loadOnce(database);
    }
  }

  private static synchronized void loadOnce(Path database) {
    if (isLoaded) {
      return;
    }
    Path usual = Path.of(System.getProperty(FOLDER, System.getProperty("java.io.tmpdir", "/tmp")));
    boolean isChosen = System.getProperty(FOLDER) != null;
    if (!isChosen && !fits(usual)) {
      Path other = other(database);
      if (other == null) {
        throw failure(usual, null);
      }
      System.setProperty(FOLDER, other.toString());
    }
    try {
      SQLiteJDBCLoader.initialize();
      isLoaded = true;
    } catch (Exception | LinkageError e) {
      throw failure(usual, e);
    }
  }

  private static @Nullable Path other(Path database) {
    Path folder = database.getParent();
    if (folder != null && fits(folder)) {
      return folder;
    }
    Path home = Path.of(System.getProperty("user.home", ""));
    if (!home.isAbsolute() || !fits(home)) {
      return null;
    }
    try {
      Path cache = home.resolve(".cache");
      if (!Files.isDirectory(cache)) {
        Files.createDirectory(
            cache,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return fits(cache) ? cache : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  private static boolean fits(Path folder) {
    return Files.isDirectory(folder) && Files.isWritable(folder) && !isNoexec(folder);
  }

  /** Whether Linux runs no programs from there. Without that list, the attempt to load decides. */
  private static boolean isNoexec(Path folder) {
    boolean isNoexec = false;
    int depth = -1;
    try {
      Path real = folder.toRealPath();
      for (String line : Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(" ", -1);
        Path point = fields.length < 4 ? null : point(fields[1]);
        // A later mount lies above an earlier one.
        if (point != null && real.startsWith(point) && point.getNameCount() >= depth) {
          depth = point.getNameCount();
          isNoexec = List.of(fields[3].split(",", -1)).contains("noexec");
        }
      }
    } catch (IOException e) {
      return false;
    }
    return isNoexec;
  }

  private static @Nullable Path point(String written) {
    try {
      String bytes = written
          .replace("\\040", " ")
          .replace("\\011", "\t")
          .replace("\\012", "\n")
          .replace("\\134", "\\");
      return Path.of(
          new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static StoreException failure(Path folder, @Nullable Throwable cause) {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        "the library of SQLite cannot be loaded from " + folder
            + ", most likely because it is mounted noexec or is not writable: name another"
            + " folder with the Java option -D" + FOLDER
            + "=DIR (for scripts/gripstream in GRIPSTREAM_JAVA_OPTS)",
        cause);
  }
}
