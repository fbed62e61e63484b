package io.gripstream.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.testkit.Eventually;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadsOfServerTest {
  @Test
  void server_that_is_closed_leaves_no_thread_behind(@TempDir Path directory) {
    checkServerWith("jdbc:sqlite:" + directory.resolve("events.db"));
  }

  @Test
  void nor_does_one_that_stores_nothing() {
    checkServerWith("none");
  }

  private static void checkServerWith(String storage) {
    Set<Thread> before = threads();
    TestServer server = TestServer.start(Map.of("DATABASE_URL", storage));
    server.post("/api/publish", "{\"channel\":\"a\",\"data\":1}");
    server.post("/api/revoke", "{\"user\":\"ann\",\"channel\":\"a\"}");
    assertThat(names(before)).isNotEmpty();

    server.close();

    Eventually.eventually(() -> assertThat(names(before)).isEmpty());
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gripstream-"))
        .collect(Collectors.toSet());
  }

  private static Set<String> names(Set<Thread> before) {
    Set<Thread> now = threads();
    now.removeAll(before);
    return now.stream().map(Thread::getName).collect(Collectors.toCollection(TreeSet::new));
  }
}
