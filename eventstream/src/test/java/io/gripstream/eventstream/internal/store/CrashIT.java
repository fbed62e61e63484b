package io.gripstream.eventstream.internal.store;

import io.gripstream.eventstream.testkit.CrashContract;
import io.gripstream.eventstream.testkit.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class CrashIT {
  @Nested
  class Sqlite extends CrashContract {
    @TempDir
    Path folder;

    @Override
    protected String url() {
      return "jdbc:sqlite:" + folder.resolve("events.db");
    }
  }

  @Nested
  class Postgres extends CrashContract {
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
}
