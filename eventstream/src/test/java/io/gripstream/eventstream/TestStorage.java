package io.gripstream.eventstream;

import io.gripstream.testtools.PostgresServer;
import io.gripstream.testtools.RedisServer;
import java.nio.file.Path;

/** A kind of storage, for tests that run on several. */
public enum TestStorage {
  SQLITE,
  POSTGRESQL,
  REDIS;

  /**
   * Returns the URL of an empty one.
   *
   * @param folder for a file of {@link #SQLITE}
   */
  public String newUrl(Path folder) {
    return switch (this) {
      case SQLITE -> "jdbc:sqlite:" + folder.resolve("events.db");
      case POSTGRESQL -> PostgresServer.shared().newDatabase();
      case REDIS -> RedisServer.shared().newDatabase();
    };
  }
}
