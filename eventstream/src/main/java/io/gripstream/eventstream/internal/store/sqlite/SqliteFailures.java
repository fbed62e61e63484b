package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.store.StoreException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says in a store's words what SQLite says in its own. */
final class SqliteFailures {
  private static final long LITTLE_SPACE = 65_536;

  private SqliteFailures() {}

  static StoreException of(String path, String doing, SQLException cause) {
    SQLiteErrorCode code = code(cause);
    // The low byte is the primary code, the rest says more about it.
    return switch (code.code & 0xff) {
      case 5, 6 ->
        new StoreException(
            StoreException.Kind.BUSY,
            path + " is locked by another process, which did not finish in time; " + doing
                + " was given up",
            cause);
      case 8, 14, 3, 23 -> unavailable(path + closed(path), doing, code, cause);
      case 11, 26 ->
        unavailable(
            path + " is damaged or no SQLite database; put back a backup", doing, code, cause);
      case 13 -> unavailable("no space left for " + path, doing, code, cause);
      case 10 ->
        unavailable(
            isFull(path) ? "no space left for " + path : "the disk under " + path + " failed",
            doing,
            code,
            cause);
      default ->
        new StoreException(
            StoreException.Kind.UNAVAILABLE,
            path + " failed (while " + doing + "): " + cause.getMessage(),
            cause);
    };
  }

  static boolean isBusy(SQLException cause) {
    int primary = code(cause).code & 0xff;
    return primary == 5 || primary == 6;
  }

  /** Whether reading or writing failed below SQLite, for another reason than a lack of space. */
  static boolean isDiskFailure(SQLException cause) {
    return (code(cause).code & 0xff) == 10;
  }

  private static SQLiteErrorCode code(SQLException cause) {
    return cause instanceof SQLiteException failure
        ? failure.getResultCode()
        : SQLiteErrorCode.SQLITE_ERROR;
  }

  private static String closed(String path) {
    try {
      if (store(path).isReadOnly()) {
        return " cannot be written, its file system is mounted read-only";
      }
    } catch (IOException | InvalidPathException unknown) {
      // As for any other file.
    }
    return " cannot be opened or written by this user; look at owner and mode of the file, of those"
        + " beside it and of the folder";
  }

  /** SQLite calls it a failure of the disk if the files beside the database find no space. */
  private static boolean isFull(String path) {
    try {
      return store(path).getUsableSpace() < LITTLE_SPACE;
    } catch (IOException | InvalidPathException unknown) {
      return false;
    }
  }

  private static FileStore store(String path) throws IOException {
    Path file = Path.of(path).toAbsolutePath();
    Path folder = file.getParent();
    return Files.getFileStore(folder == null ? file : folder);
  }

  /** What SQLite says of it in words helps nobody, its code helps those who look it up. */
  private static StoreException unavailable(
      String what, String doing, SQLiteErrorCode code, SQLException cause) {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        what + " (" + code.name() + " while " + doing + ")",
        cause);
  }
}
