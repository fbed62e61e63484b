package io.gripstream.eventstream.internal.store.sqlite;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFaultTest {
  @TempDir
  Path folder;

  private Path file() {
    return folder.resolve("events.db");
  }

  private EventStore started(StoreOptions options) {
    EventStore store = EventStores.sqlite(file(), options);
    store.start();
    return store;
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static StoreException failure(Runnable work) {
    return catchThrowableOfType(StoreException.class, work::run);
  }

  @Test
  void long_writer_makes_appends_fail_as_busy_after_five_seconds() throws Exception {
    try (EventStore store = started(StoreOptions.DEFAULT);
        Connection other = connect()) {
      append(store, "a", "before");
      execute(other, "BEGIN IMMEDIATE");
      long start = System.nanoTime();

      StoreException failure = failure(() -> append(store, "a", "refused"));

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofSeconds(5), Duration.ofMillis(6_500));
      assertThat(failure.kind()).isEqualTo(StoreException.Kind.BUSY);
      assertThat(failure).hasMessageContaining("locked by another process");
      assertThat(data(all(store, "a"))).as("readers go on").containsExactly("before");

      execute(other, "ROLLBACK");
      assertThat(append(store, "a", "after").id()).isEqualTo(2);
    }
  }

  @Test
  void store_that_is_closed_while_it_starts_leaves_nothing_open() throws Exception {
    EventStore store = EventStores.sqlite(file(), StoreOptions.DEFAULT);
    CompletableFuture<StoreException> refused = new CompletableFuture<>();
    Thread starting = new Thread(() -> refused.complete(failure(store::start)));
    try (Connection other = connect()) {
      execute(other, "PRAGMA journal_mode = WAL");
      execute(other, "BEGIN IMMEDIATE");
      starting.start();
      eventually(() -> assertThat(starting.getStackTrace())
          .as("it waits for the lock")
          .anyMatch(frame -> frame.getClassName().equals("org.sqlite.core.NativeDB")));
      store.close();
      execute(other, "ROLLBACK");
    }

    assertThat(refused.get(30, TimeUnit.SECONDS).kind()).isEqualTo(StoreException.Kind.CLOSED);
    assertThat(EventStores.isInUse("jdbc:sqlite:" + file(), StoreOptions.DEFAULT))
        .isFalse();
    eventually(() -> assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("gripstream-store-")));
  }

  @Test
  void short_writer_only_delays() throws Exception {
    try (EventStore store = started(StoreOptions.DEFAULT);
        Connection other = connect()) {
      execute(other, "BEGIN IMMEDIATE");
      var waiting = store.append(Draft.of("a", "message", "x"));
      assertThat(waiting).isNotDone();
      execute(other, "COMMIT");

      assertThat(waiting.join().event().id()).isEqualTo(1);
    }
  }

  @Test
  void file_that_is_no_database_is_named() throws Exception {
    Files.writeString(file(), "this is no database, but a text of some length ".repeat(100));

    StoreException failure = failure(() -> started(StoreOptions.DEFAULT));

    assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
    assertThat(failure)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("damaged or no SQLite database");
  }

  @Test
  void damaged_pages_are_reported_not_delivered() throws Exception {
    try (EventStore store = started(StoreOptions.DEFAULT)) {
      IntStream.range(0, 2_000)
          .forEach(i -> store.append(Draft.of("a", "message", "x".repeat(200))));
      append(store, "a", "last");
    }
    try (RandomAccessFile damaged = new RandomAccessFile(file().toFile(), "rw")) {
      for (long at = damaged.length() / 2; at < damaged.length(); at += 512) {
        damaged.seek(at);
        damaged.write(new byte[] {(byte) 0xde, (byte) 0xad, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
      }
    }

    StoreException failure = failure(() -> {
      try (EventStore store = started(StoreOptions.DEFAULT)) {
        all(store, "a");
        append(store, "a", "more");
      }
    });
    assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("damaged");
  }

  @Test
  void table_that_was_removed_is_named() throws Exception {
    started(StoreOptions.DEFAULT).close();
    try (Connection other = connect()) {
      execute(other, "DROP TABLE gripstream_meta");
    }
    assertThat(failure(() -> started(StoreOptions.DEFAULT)))
        .hasMessage(file() + " has no table gripstream_meta any more; was it removed by hand? Put"
            + " back a backup (SQLITE_ERROR while preparing the schema)");
  }

  @Test
  void schema_of_another_version_is_reported_in_own_words() throws Exception {
    started(StoreOptions.DEFAULT).close();
    try (Connection other = connect()) {
      execute(other, "DELETE FROM gripstream_meta");
      execute(other, "UPDATE gripstream_schema_history SET checksum = 7 WHERE version = '1'");
    }
    assertThat(failure(() -> started(StoreOptions.DEFAULT)))
        .hasMessageContaining("gripstream_schema_history")
        .hasMessageContaining("put back a backup, or choose another table prefix")
        .hasMessageNotContaining("Flyway");
  }

  @Test
  void missing_folder_is_named() {
    EventStore store = EventStores.sqlite(folder.resolve("no/such/folder/events.db"));

    assertThatThrownBy(store::start)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no/such/folder")
        .hasMessageContaining("does not exist");
  }

  @Test
  void storage_that_was_away_at_the_first_event_is_opened_by_the_next() throws Exception {
    Path later = folder.resolve("later");
    try (EventStream events = EventStream.create(
        config -> config.store(EventStores.sqlite(later.resolve("events.db"))))) {
      assertThat(failure(() -> events.send("a", "message", "refused")).kind())
          .isEqualTo(StoreException.Kind.UNAVAILABLE);

      Files.createDirectory(later);

      assertThat(events.send("a", "message", "stored").id()).isEqualTo(1);
    }
  }

  @Test
  void tables_of_others_and_of_other_prefixes_stay_apart() throws Exception {
    try (Connection own = connect()) {
      execute(own, "CREATE TABLE orders (id INTEGER PRIMARY KEY)");
    }
    try (EventStore one = started(StoreOptions.DEFAULT);
        EventStore two = started(StoreOptions.DEFAULT.withTablePrefix("chat_"))) {
      append(one, "a", "one");
      append(two, "a", "two");
      assertThat(data(all(one, "a"))).containsExactly("one");
      assertThat(data(all(two, "a"))).containsExactly("two");
      assertThat(one.epoch()).isNotEqualTo(two.epoch());
    }
  }

  @Test
  void wiped_and_restored_storage_is_noticed_by_its_epoch() throws Exception {
    String url = "jdbc:sqlite:" + file();
    String first;
    try (EventStore store = started(StoreOptions.DEFAULT)) {
      first = store.epoch();
      append(store, "a", "x");
    }
    assertThat(EventStores.migrate(url, StoreOptions.DEFAULT)).isEqualTo(first);
    String restored = EventStores.renewEpoch(url, StoreOptions.DEFAULT);
    assertThat(restored).isNotEqualTo(first);
    try (EventStore store = started(StoreOptions.DEFAULT)) {
      assertThat(store.epoch()).isEqualTo(restored);
      assertThat(append(store, "a", "y").id()).isEqualTo(2);
    }
    Files.delete(file());
    try (EventStore store = started(StoreOptions.DEFAULT)) {
      assertThat(store.epoch()).isNotIn(first, restored);
    }
  }

  @Test
  void file_that_is_removed_while_in_use_is_noticed() throws Exception {
    try (EventStore store = started(StoreOptions.DEFAULT)) {
      append(store, "a", "x");
      Files.delete(file());

      StoreException failure = failure(() -> append(store, "a", "lost"));
      assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
      assertThat(failure)
          .hasMessageContaining(file().toString())
          .hasMessageContaining("removed or replaced");
      assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class);
      assertThat(store.fault()).as("it may come back").isEmpty();
    }
  }

  @Test
  void backup_that_is_put_back_while_in_use_is_noticed() throws Exception {
    try (EventStore store = started(StoreOptions.DEFAULT)) {
      append(store, "a", "x");
      EventStores.renewEpoch("jdbc:sqlite:" + file(), StoreOptions.DEFAULT);
      assertThat(store.check())
          .as("before anything is sent")
          .isInstanceOf(StoreHealth.Failed.class);

      StoreException failure = failure(() -> append(store, "a", "with a wrong position"));
      assertThat(failure.kind()).isEqualTo(StoreException.Kind.REPLACED);
      assertThat(failure).hasMessageContaining("start this process again");
      assertThat(store.fault()).hasValue(failure.getMessage());
    }
  }

  @Test
  void file_stops_growing_under_a_steady_load() throws Exception {
    Retention brief = Retention.of(Duration.ofMillis(300));
    try (EventStore store = started(StoreOptions.DEFAULT.withRetention(brief))) {
      long written = 0;
      String data = "x".repeat(2_000);
      long deadline = System.nanoTime() + Duration.ofSeconds(150).toNanos();
      // A file that only grows would never get there: it holds all that was written, and more.
      while (written < 4 * size() || written < 20_000_000) {
        assertThat(System.nanoTime())
            .as("file and log have %d bytes after %d were written", size(), written)
            .isLessThan(deadline);
        var last = store.append(Draft.of("a", "message", data));
        IntStream.range(0, 20).forEach(i -> store.append(Draft.of("a", "message", data)));
        last.join();
        written += 21L * data.length();
      }
    }
  }

  private long size() throws Exception {
    Path log = folder.resolve("events.db-wal");
    return Files.size(file()) + (Files.exists(log) ? Files.size(log) : 0);
  }

  @Test
  void watching_costs_next_to_nothing_when_idle() throws Exception {
    try (EventStore store = started(StoreOptions.DEFAULT)) {
      ChangeRecorder recorder = ChangeRecorder.of(store);
      append(store, "a", "x");
      Thread watcher = Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().equals("gripstream-store-watcher"))
          .findFirst()
          .orElseThrow();
      var threads = ManagementFactory.getThreadMXBean();
      long before = threads.getThreadCpuTime(watcher.getId());
      long start = System.nanoTime();
      eventually(() -> assertThat(System.nanoTime() - start).isGreaterThan(2_000_000_000L));

      double share = (threads.getThreadCpuTime(watcher.getId()) - before)
          / (double) (System.nanoTime() - start);
      assertThat(share).as("share of a core").isLessThan(0.01);
      assertThat(recorder.toldOfOthers("a")).isFalse();
    }
  }
}
