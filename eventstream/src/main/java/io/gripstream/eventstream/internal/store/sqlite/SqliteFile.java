package io.gripstream.eventstream.internal.store.sqlite;

import io.gripstream.eventstream.internal.store.core.ReplacedStorage;
import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;

/** A database file, and its connections. */
final class SqliteFile {
  /**
   * Page size of new files. Most events are small, and a transaction writes whole pages. With
   * SQLite's default of 4,096 it writes twice as much, and an event of 1,000 bytes takes a whole
   * page.
   */
  private static final int PAGE_BYTES = 2_048;

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final int CHECKPOINT_PAGES = 8_000;
  private static final int LARGEST_LEFT_WAL = 64_000_000;
  private static final int CHECKPOINT_BUSY_MILLIS = 50;
  private static final int OTHERS_BUSY_MILLIS = 5_000;

  private final Path path;
  private final Durability durability;
  private volatile @Nullable Object key;

  SqliteFile(Path path, Durability durability) {
    this.path = path.toAbsolutePath();
    this.durability = durability;
  }

  Path path() {
    return path;
  }

  /** From now on {@link #checkInPlace} compares with the current file. */
  void opened() throws IOException {
    key = key();
  }

  /**
   * Checks that the file was not removed or replaced: events written to a removed file are lost
   * with this process.
   *
   * @throws StoreException if another file is there now, or none
   */
  void checkInPlace() {
    String what = path + " was removed or replaced while it was in use";
    try {
      if (Objects.equals(key, key())) {
        return;
      }
    } catch (IOException e) {
      // Most likely it does not exist any more. It may come back, such as a volume.
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE, what + "; start this process again", null);
    }
    throw ReplacedStorage.failure(what);
  }

  /** The file system's identity of the file; null if it has none. */
  private @Nullable Object key() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /** @throws StoreException if the folder of the file does not exist */
  void checkPlace() {
    Path folder = path.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "the folder of the database " + path + " does not exist",
          null);
    }
    if (Files.isDirectory(path)) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE, "the database " + path + " is a folder", null);
    }
  }

  /**
   * Creates the file if necessary, readable by its owner only, whatever the umask: it contains
   * events and the key that signs links. SQLite gives its other files the same rights.
   */
  private void make() {
    try {
      // Not the file store's answer: in a chroot, a process may not find its mounts.
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(path, OWNER_ONLY);
      }
    } catch (FileAlreadyExistsException e) {
      // Its owner has decided about its permissions.
    } catch (IOException e) {
      // SQLite finds the same fault and has a code for it.
    }
  }

  /** Turns on write-ahead logging permanently: readers and a writer then work at once. */
  void prepare(Duration patience) throws SQLException {
    make();
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try (Connection connection = writer();
          Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode = WAL");
        return;
      } catch (SQLException e) {
        if (!SqliteFailures.isBusy(e) || System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
  }

  /**
   * Moves all of the write-ahead log into the file and truncates it. Blocks; writers wait for short
   * moments only.
   *
   * @return false if others read all the time
   */
  boolean emptyLog(Duration patience) throws SQLException {
    long end = System.nanoTime() + patience.toNanos();
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + CHECKPOINT_BUSY_MILLIS);
      while (true) {
        try (ResultSet state = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
          if (state.getInt(1) == 0) {
            return true;
          }
        }
        if (System.nanoTime() - end > 0) {
          return false;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(CHECKPOINT_BUSY_MILLIS));
      }
    }
  }

  /** Makes a connection that may write. */
  Connection writer() throws SQLException {
    return open();
  }

  /** Makes a connection that only reads. */
  Connection reader() throws SQLException {
    Connection connection = open();
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only = ON");
    }
    return connection;
  }

  /**
   * Makes a connection that only reads, and no file. On a disk that cannot be written, SQLite
   * cannot make the files that it has beside the database; without them it must be told that
   * nothing changes.
   *
   * @throws StoreException if the file does not exist
   */
  Connection existing() throws SQLException {
    if (!Files.exists(path)) {
      throw new StoreException(StoreException.Kind.UNAVAILABLE, "there is no file " + path, null);
    }
    Connection connection = reader();
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT count(*) FROM sqlite_master").close();
      return connection;
    } catch (SQLException e) {
      connection.close();
      if (Files.exists(Path.of(path + "-wal")) || Files.isWritable(path.resolveSibling("."))) {
        throw e;
      }
      return DriverManager.getConnection(JDBC.PREFIX + path.toUri() + "?immutable=1");
    }
  }

  /**
   * Each open connection holds a lock as long as there is a write-ahead log, and only the last
   * connection can end that log. It comes back with the next start.
   */
  boolean isOpenElsewhere() throws SQLException {
    // On a disk that cannot be written nobody has it open to write.
    if (!Files.isWritable(path)) {
      return false;
    }
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 0");
      try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode = DELETE")) {
        return mode.getString(1).equalsIgnoreCase("wal");
      }
    } catch (SQLiteException e) {
      if (SqliteFailures.isBusy(e)) {
        return true;
      }
      throw e;
    }
  }

  private Connection open() throws SQLException {
    SqliteLibrary.load(path);
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(OTHERS_BUSY_MILLIS);
    config.setPageSize(PAGE_BYTES);
    config.setSynchronous(synchronous(durability));
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    // Generated keys are not used, and asking for them after every insert costs a third of its
    // time.
    config.setGetGeneratedKeys(false);
    Connection connection = config.createConnection(JDBC.PREFIX + path);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
      // Deleted events are written over with zeros, in pages that are written anyway.
      statement.execute("PRAGMA secure_delete = ON");
      statement.execute("PRAGMA journal_size_limit = " + LARGEST_LEFT_WAL);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static SQLiteConfig.SynchronousMode synchronous(Durability durability) {
    return switch (durability) {
      case FULL -> SQLiteConfig.SynchronousMode.FULL;
      case RELAXED -> SQLiteConfig.SynchronousMode.NORMAL;
    };
  }
}
