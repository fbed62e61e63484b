package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.store.StoreException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says in a store's words what SQLite says in its own. */
final class SqliteFailures {
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
      case 8, 14, 3, 23 ->
        unavailable(path + " cannot be opened or written by this user", doing, cause);
      case 11, 26 ->
        unavailable(path + " is damaged or no SQLite database; put back a backup", doing, cause);
      case 13 -> unavailable("no space left for " + path, doing, cause);
      case 10 -> unavailable("the disk under " + path + " failed", doing, cause);
      default -> unavailable(path + " failed", doing, cause);
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

  private static StoreException unavailable(String what, String doing, SQLException cause) {
    return new StoreException(
        StoreException.Kind.UNAVAILABLE,
        what + " (while " + doing + "): " + cause.getMessage(),
        cause);
  }
}
