package io.gripstream.eventstream.internal.store;

import io.gripstream.testtools.CrashContract;
import io.gripstream.testtools.OutboxCrashContract;
import io.gripstream.testtools.PostgresServer;
import io.gripstream.testtools.RedisCluster;
import io.gripstream.testtools.RedisServer;
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

  @Nested
  class RedisInCluster extends CrashContract {
    @Override
    protected String url() {
      return RedisCluster.shared().url();
    }
  }
}
