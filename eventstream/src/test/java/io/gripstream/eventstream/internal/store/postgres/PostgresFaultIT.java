package io.gripstream.eventstream.internal.store.postgres;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Eventually.within;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.testtools.CuttingProxy;
import io.gripstream.testtools.Logged;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A PostgreSQL that stops, crashes, stands still or cuts connections. */
class PostgresFaultIT extends OwnPostgres {
  @Test
  void server_that_is_away_is_noticed_at_once_and_logged_once() throws Exception {
    String log = Logged.during(() -> {
      try (EventStore store = started(url, StoreOptions.DEFAULT)) {
        append(store, "a", "x");
        server.stop();
        within(
            Duration.ofMillis(500),
            () -> assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class));
        long asked = System.nanoTime();
        assertThat(catchThrowableOfType(
                StoreException.class, () -> store.read("a", 0, 1, PageLimit.DEFAULT)))
            .isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
        asked = System.nanoTime();
        assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofMillis(200));
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(7));
        server.resume();
        within(Duration.ofSeconds(15), () -> assertThat(store.check()).isEqualTo(StoreHealth.OK));
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
      }
    });

    List<String> lines = log.lines()
        .filter(line -> line.matches("\\[.*] \\w+ io\\.gripstream\\..*"))
        .toList();
    assertThat(lines).as(log).hasSize(2);
    assertThat(lines.get(0)).contains("WARN", "does not work");
    assertThat(lines.get(1)).contains("INFO", "works again");
  }

  @Test
  void database_that_can_only_be_read_is_warned_of_at_the_start() throws Exception {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "ALTER DATABASE " + connection.getCatalog() + " SET default_transaction_read_only = on");
    }
    String log = Logged.during(() -> {
      try (EventStore store =
          started(url, StoreOptions.DEFAULT.withBusyTimeout(Duration.ofMillis(500)))) {
        within(
            Duration.ofSeconds(5),
            () -> assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class));
      }
    });
    assertThat(log.lines().filter(line -> line.matches("\\[.*] \\w+ io\\.gripstream\\..*")))
        .singleElement()
        .asString()
        .contains("WARN", "read-only");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void restart_or_crash_of_the_server_loses_nothing_and_repeats_nothing(boolean crash)
      throws Exception {
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    AtomicBoolean ended = new AtomicBoolean();
    try (EventStore store = started(url, StoreOptions.DEFAULT);
        EventStore other = started(url, StoreOptions.DEFAULT)) {
      ChangeRecorder recorder = ChangeRecorder.of(other);
      List<Thread> senders = IntStream.range(0, 4)
          .mapToObj(sender -> new Thread(() -> {
            for (int i = 0; !ended.get(); i++) {
              String data = sender + ":" + i;
              if (wasStored(store, data)) {
                acknowledged.add(data);
              }
            }
          }))
          .toList();
      senders.forEach(Thread::start);
      eventually(() -> assertThat(acknowledged).hasSizeGreaterThan(100));

      if (crash) {
        server.kill();
      } else {
        server.stop();
      }
      server.resume();

      int before = acknowledged.size();
      within(
          Duration.ofSeconds(20), () -> assertThat(acknowledged).hasSizeGreaterThan(before + 100));
      ended.set(true);
      for (Thread sender : senders) {
        sender.join();
      }
      List<Event> events = all(store, "a");
      assertThat(ids(events))
          .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
      assertThat(data(events)).doesNotHaveDuplicates().containsAll(acknowledged);
      recorder.clear();
      append(store, "after", "x");
      recorder.assertToldOfOthers("after", Duration.ofSeconds(10));
    }
  }

  private static boolean wasStored(EventStore store, String data) {
    try {
      append(store, "a", data);
      return true;
    } catch (StoreException e) {
      // A server that is away for more than 5 s; what matters is that the answer is true.
      assertThat(e.kind()).isNotEqualTo(StoreException.Kind.UNKNOWN_OUTCOME);
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void connection_cut_while_storing_is_found_out(CuttingProxy.Cut cut) throws Exception {
    cutConnectionIsFoundOut(cut, CuttingProxy.STORE, data -> Draft.of("a", "message", data));
  }

  /** Drafts with keys need a transaction of more than one statement. */
  @ParameterizedTest
  @EnumSource
  void connection_cut_at_the_commit_is_found_out(CuttingProxy.Cut cut) throws Exception {
    cutConnectionIsFoundOut(
        cut, CuttingProxy.COMMIT, data -> Draft.of("a", "message", data).withIdempotencyKey(data));
  }

  private void cutConnectionIsFoundOut(
      CuttingProxy.Cut cut, String word, Function<String, Draft> draft) throws Exception {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    try (CuttingProxy proxy = new CuttingProxy(server.port(), word);
        EventStore store = started(
            // The proxy looks for a word, so it must be sent each time.
            url.replace(":" + server.port() + "/", ":" + proxy.port() + "/")
                + "&prepareThreshold=0",
            StoreOptions.DEFAULT)) {
      append(store, "a", "before");
      ChangeRecorder recorder = ChangeRecorder.of(store);
      for (int i = 0; i < 5; i++) {
        proxy.cutNext(cut);
        assertThat(append(store, draft.apply("cut " + i)).event().id()).isEqualTo(i + 2);
        eventually(() -> assertThat(proxy.hasCut()).isTrue());
      }

      assertThat(data(all(store, "a")))
          .containsExactly("before", "cut 0", "cut 1", "cut 2", "cut 3", "cut 4");
      assertThat(recorder.ownIds("a")).containsExactly(2L, 3L, 4L, 5L, 6L);
    }
  }

  @Test
  void event_of_unknown_outcome_reaches_own_readers_once_it_is_known() throws Exception {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    // Long enough for a login on a slow machine.
    StoreOptions hasty = StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(2));
    try (CuttingProxy proxy = new CuttingProxy(server.port(), CuttingProxy.STORE);
        EventStore store = started(
            url.replace(":" + server.port() + "/", ":" + proxy.port() + "/")
                + "&prepareThreshold=0",
            hasty)) {
      append(store, "a", "before");
      ChangeRecorder recorder = ChangeRecorder.of(store);
      proxy.cutNextAndGoAway();

      StoreException failure =
          catchThrowableOfType(StoreException.class, () -> append(store, "a", "cut"));
      assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNKNOWN_OUTCOME);
      assertThat(recorder.changes()).isEmpty();

      proxy.comeBack();
      recorder.assertToldOfOthers("a", Duration.ofSeconds(10));
      assertThat(data(all(store, "a"))).containsExactly("before", "cut");
      assertThat(append(store, "a", "after").id()).isEqualTo(3);
    }
  }

  @Test
  void server_that_is_away_is_a_clear_error_in_time() {
    StoreOptions hasty = StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(1));
    EventStore store =
        EventStores.postgres("jdbc:postgresql://127.0.0.1:1/none?user=u&password=secret", hasty);
    long start = System.nanoTime();

    StoreException failure = catchThrowableOfType(StoreException.class, store::start);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("cannot be reached");
    assertThat(failure.getMessage()).doesNotContain("secret");
  }

  @Test
  void server_that_was_away_at_the_start_is_found_by_the_next_start() {
    StoreOptions hasty = StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(1));
    try (EventStore store = EventStores.postgres(url, hasty)) {
      server.stop();
      try {
        assertThat(catchThrowableOfType(StoreException.class, store::start)).isNotNull();
      } finally {
        server.resume();
      }

      store.start();

      append(store, "a", "x");
    }
  }

  /** The connections of the pool are made first, that of the watcher last. */
  @Test
  void start_that_gets_too_few_connections_may_be_repeated() throws Exception {
    String role = "few_" + number("SELECT oid FROM pg_database WHERE datname = current_database()");
    execute("CREATE ROLE " + role + " LOGIN");
    execute("GRANT CREATE ON SCHEMA public TO " + role);
    String limited = url.replace("user=postgres", "user=" + role);
    EventStores.migrate(limited, StoreOptions.DEFAULT);
    execute("ALTER ROLE " + role + " CONNECTION LIMIT 1");
    try (EventStore store = EventStores.postgres(limited, StoreOptions.DEFAULT)) {
      assertThat(catchThrowableOfType(StoreException.class, store::start))
          .hasMessageContaining("while listening", "all its connections are in use");
      execute("ALTER ROLE " + role + " CONNECTION LIMIT -1");

      store.start();

      assertThat(append(store, "a", "x").id()).isEqualTo(1);
      try (EventStore other = started(url, StoreOptions.DEFAULT)) {
        ChangeRecorder recorder = ChangeRecorder.of(store);
        append(other, "b", "y");
        recorder.assertToldOfOthers("b", Duration.ofSeconds(10));
      }
    }
  }

  @Test
  void server_that_stands_still_gives_busy_senders_and_readers_an_error_in_time() throws Exception {
    Duration inTime = Duration.ofSeconds(45);
    StoreOptions hasty = StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(1));
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    Map<String, StoreException.Kind> failed = new ConcurrentHashMap<>();
    CompletableFuture<StoreException> unread = new CompletableFuture<>();
    AtomicBoolean ended = new AtomicBoolean();
    try (EventStore store = started(url, hasty)) {
      Thread sender = new Thread(() -> {
        for (int i = 0; !ended.get(); i++) {
          try {
            append(store, "a", "" + i);
            acknowledged.add("" + i);
          } catch (StoreException e) {
            failed.put("" + i, e.kind());
          }
        }
      });
      Thread reader = new Thread(() -> {
        while (!ended.get()) {
          try {
            store.read("a", 0, 10, PageLimit.DEFAULT);
          } catch (StoreException e) {
            unread.complete(e);
          }
        }
      });
      sender.start();
      reader.start();
      eventually(() -> assertThat(acknowledged).hasSizeGreaterThan(100));

      server.freeze();
      try {
        within(inTime, () -> assertThat(failed).isNotEmpty());
        assertThat(unread.get(inTime.toSeconds(), TimeUnit.SECONDS))
            .hasMessageContaining("cannot be reached (while reading): it did not answer in time");
        assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class);
        assertThat(CompletableFuture.supplyAsync(() -> catchThrowableOfType(
                    StoreException.class, () -> EventStores.migrate(url, hasty)))
                .get(inTime.toSeconds(), TimeUnit.SECONDS))
            .hasMessageContaining(
                "cannot be reached (while connecting): it did not answer in time");
      } finally {
        server.go();
      }

      int before = acknowledged.size();
      within(inTime, () -> assertThat(acknowledged).hasSizeGreaterThan(before + 100));
      ended.set(true);
      sender.join();
      reader.join();
      within(inTime, () -> assertThat(store.check()).isEqualTo(StoreHealth.OK));
      assertStoredAsTold(all(store, "a"), acknowledged, failed);
    }
  }

  private static void assertStoredAsTold(
      List<Event> events, Set<String> acknowledged, Map<String, StoreException.Kind> failed) {
    assertThat(ids(events))
        .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
    assertThat(data(events)).doesNotHaveDuplicates().containsAll(acknowledged);
    failed.forEach((data, kind) -> {
      if (kind != StoreException.Kind.UNKNOWN_OUTCOME) {
        assertThat(data(events)).as("what was told not to be stored").doesNotContain(data);
      }
    });
  }
}
