package io.gripstream.eventstream.internal.store;

import io.gripstream.eventstream.testkit.CrashContract;
import io.gripstream.eventstream.testkit.OutboxCrashContract;
import io.gripstream.eventstream.testkit.PostgresServer;
import io.gripstream.eventstream.testkit.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class CrashIT {
  @Nested
  class Sqlite extends OutboxCrashContract {
    @TempDir
    Path folder;

    @Override
    protected String url() {
      return "jdbc:sqlite:" + folder.resolve("events.db");
    }
  }

  @Nested
  class Postgres extends OutboxCrashContract {
    private String url;

    @BeforeEach
    void makeDatabase() {
      url = PostgresServer.shared().newDatabase();
    }

    @Override
    protected String url() {
      return url;
    }
  }

  @Nested
  class Redis extends CrashContract {
    private final String url = RedisServer.shared().newDatabase();

    @Override
    protected String url() {
      return url;
    }
  }
}
