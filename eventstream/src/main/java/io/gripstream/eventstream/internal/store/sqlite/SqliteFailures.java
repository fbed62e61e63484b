package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.store.StoreException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Explains failures of SQLite in a store's own words. */
final class SqliteFailures {
  private static final long LITTLE_SPACE = 65_536;
  private static final Pattern MISSING = Pattern.compile("no such ((?:table|column): \\w+)");

  private SqliteFailures() {}

  static StoreException of(String path, String doing, SQLException cause) {
    SQLiteErrorCode code = code(cause);
    return switch (primary(cause)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
        new StoreException(
            StoreException.Kind.BUSY,
            path + " is locked by another process, which did not finish in time; " + doing
                + " was given up",
            cause);
      case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
        unavailable(path + closed(path), doing, code, cause);
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
        unavailable(
            path + " is damaged or no SQLite database; put back a backup", doing, code, cause);
      case SQLITE_FULL -> unavailable("no space left for " + path, doing, code, cause);
      case SQLITE_IOERR ->
        unavailable(
            isFull(path) ? "no space left for " + path : "the disk under " + path + " failed",
            doing,
            code,
            cause);
      case SQLITE_TOOBIG ->
        unavailable("a text or a statement is too long for " + path, doing, code, cause);
      default -> unavailable(unusual(path, cause), doing, code, cause);
    };
  }

  /** A removed table is the one usual cause without its own code. */
  private static String unusual(String path, SQLException cause) {
    Matcher missing = MISSING.matcher(String.valueOf(cause.getMessage()));
    if (missing.find()) {
      return path + " has no " + missing.group(1).replace(":", "")
          + " any more; was it removed by hand? Put back a" + " backup";
    }
    return cause instanceof SQLiteException ? path + " could not be used" : path + " is not open";
  }

  static boolean isBusy(SQLException cause) {
    SQLiteErrorCode primary = primary(cause);
    return primary == SQLiteErrorCode.SQLITE_BUSY || primary == SQLiteErrorCode.SQLITE_LOCKED;
  }

  /** Whether reading or writing failed below SQLite, for another reason than lack of space. */
  static boolean isDiskFailure(SQLException cause) {
    return primary(cause) == SQLiteErrorCode.SQLITE_IOERR;
  }

  /** The low byte is the primary code; the other bytes refine it. */
  private static SQLiteErrorCode primary(SQLException cause) {
    return SQLiteErrorCode.getErrorCode(code(cause).code & 0xff);
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
      // Then it is treated like any other file.
    }
    return " cannot be opened or written by this user; look at owner and mode of the file, of those"
        + " beside it and of the folder";
  }

  /** SQLite reports a disk failure if the files beside the database find no space. */
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

  /** Not with SQLite's words, which do not help an operator; its code can be looked up. */
  private static StoreException unavailable(
      String what, String doing, SQLiteErrorCode code, SQLException cause) {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        what + " (" + code.name() + " while " + doing + ")",
        cause);
  }
}
