package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.eventstream.testkit.TestClock;
import io.gripstream.grip.testkit.FakeProxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @TempDir
  Path directory;

  @Test
  void proxy_is_noted_again_after_the_clock_was_set_back() throws Exception {
    TestClock clock = TestClock.now();
    Path file = directory.resolve("events.db");
    EventStore store = EventStores.sqlite(file, StoreOptions.DEFAULT.withClock(clock));
    try (FakeProxy proxy = FakeProxy.start();
        StreamServer server = StreamServer.builder()
            .store(store)
            .configure(config -> config.proxy(proxy.proxy()))
            .start();
        Connection own = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      server.events().send("news", "message", "x");
      assertThat(proxy.takeItem().channel()).endsWith("news");
      awaitSeenAt(own, clock.millis());

      clock.setBack(Duration.ofHours(1));
      awaitSeenAt(own, clock.millis());
    }
  }

  private static void awaitSeenAt(Connection connection, long millis) throws SQLException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    long seen = -1;
    while (seen != millis) {
      assertThat(System.nanoTime()).as("seen at %s, not %s", seen, millis).isLessThan(deadline);
      Thread.onSpinWait();
      seen = seenAt(connection);
    }
  }

  private static long seenAt(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT seen_at FROM gripstream_proxy")) {
      return row.next() ? row.getLong(1) : -1;
    }
  }
}
