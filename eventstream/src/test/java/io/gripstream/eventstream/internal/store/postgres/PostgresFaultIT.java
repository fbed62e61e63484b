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
import io.gripstream.eventstream.internal.store.core.DatabaseClock;
import io.gripstream.eventstream.internal.store.sql.Session;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.testtools.CuttingProxy;
import io.gripstream.testtools.Logged;
import io.gripstream.testtools.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

class PostgresFaultIT {
  private static PostgresServer server;
  private String url;

  /** A private server, because the test stops and kills it. */
  @BeforeAll
  static void startServer() {
    server = PostgresServer.start(true);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void makeDatabase() {
    url = server.newDatabase();
  }

  private static EventStore started(String url, StoreOptions options) {
    EventStore store = EventStores.postgres(url, options);
    store.start();
    return store;
  }

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

  private long number(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private long size() throws SQLException {
    return number("SELECT pg_database_size(current_database())");
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

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void counter_locked_by_others_is_busy_after_the_timeout() throws Exception {
    StoreOptions hasty = StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(1));
    try (EventStore store = started(url, hasty);
        Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      append(store, "a", "before");
      other.setAutoCommit(false);
      statement.execute("SELECT * FROM gripstream_channel FOR UPDATE");

      StoreException failure =
          catchThrowableOfType(StoreException.class, () -> append(store, "a", "refused"));

      assertThat(failure.kind()).isEqualTo(StoreException.Kind.BUSY);
      other.rollback();
      assertThat(append(store, "a", "after").id()).isEqualTo(2);
    }
  }

  @Test
  void old_slots_are_dropped_and_the_size_stays_bounded() throws Exception {
    Retention brief = Retention.of(Duration.ofSeconds(2));
    try (EventStore store = started(url, StoreOptions.DEFAULT.withRetention(brief));
        EventStore second = started(url, StoreOptions.DEFAULT.withRetention(brief))) {
      // Compressible data would take less space than its size.
      String data = new Random(1)
          .ints(1_000, 'A', 'z')
          .mapToObj(Character::toString)
          .collect(Collectors.joining());
      long most = 0;
      long deadline = System.nanoTime() + Duration.ofMinutes(4).toNanos();
      long written = 0;
      long before = size();
      // A database that only grows would never get there: it holds all that was written, and more.
      while (written < 20_000 || written * data.length() < 3 * (size() - before)) {
        assertThat(System.nanoTime())
            .as("%d bytes after %d events", size() - before, written)
            .isLessThan(deadline);
        IntStream.range(0, 50).forEach(i -> store.append(Draft.of("a", "message", data)));
        append(second, "a", data);
        append(store, "a", data);
        written += 52;
        most = Math.max(
            most,
            number("SELECT count(*) FROM pg_inherits WHERE inhparent"
                + " = 'gripstream_event'::regclass"));
      }
      long kept = number("SELECT count(*) FROM gripstream_event");

      assertThat(most).as("slots").isBetween(3L, 6L);
      assertThat(kept).as("of %d written", written).isLessThan(written * 2 / 3);
      List<Event> events = all(store, "a");
      assertThat(ids(events).get(0)).isGreaterThan(1);
      assertThat(store.heads(List.of("a")).get("a").last()).isEqualTo(written);
      eventually(() -> assertThat(all(store, "a")).isEmpty());
      assertThat(append(store, "a", "next").id()).isEqualTo(written + 1);
    }
  }

  @Test
  void storage_that_is_open_is_known_to_be_in_use() {
    StoreOptions other = StoreOptions.DEFAULT.withTablePrefix("other_");
    try (EventStore store = started(url, StoreOptions.DEFAULT)) {
      append(store, "a", "x");
      assertThat(EventStores.isInUse(url, StoreOptions.DEFAULT)).isTrue();
      assertThat(EventStores.isInUse(url, other)).isFalse();
    }
    eventually(() -> assertThat(EventStores.isInUse(url, StoreOptions.DEFAULT)).isFalse());
  }

  @Test
  void backup_that_is_put_back_while_in_use_is_noticed() {
    try (EventStore store = started(url, StoreOptions.DEFAULT)) {
      append(store, "a", "x");
      EventStores.renewEpoch(url, StoreOptions.DEFAULT);
      assertThat(store.check())
          .as("before anything is sent")
          .isInstanceOf(StoreHealth.Failed.class);

      StoreException failure =
          catchThrowableOfType(StoreException.class, () -> append(store, "a", "wrong position"));
      assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("start this process again");
    }
  }

  @Test
  void channel_removed_by_hand_is_reported_by_name() throws Exception {
    try (EventStore store = started(url, StoreOptions.DEFAULT)) {
      append(store, "a", "x");
      append(store, "b", "x");
      try (Connection own = DriverManager.getConnection(url);
          Statement statement = own.createStatement()) {
        statement.execute("DELETE FROM gripstream_channel WHERE name = 'a'");
      }

      StoreException failure =
          catchThrowableOfType(StoreException.class, () -> append(store, "a", "lost"));

      assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("removed from the database by hand: [a]");
      assertThat(number("SELECT count(*) FROM gripstream_event")).isEqualTo(2);
      assertThat(append(store, "b", "y").id()).isEqualTo(2);
    }
  }

  @Test
  void one_process_at_a_time_sheds_old_events() throws Exception {
    Retention brief = Retention.of(Duration.ofSeconds(1));
    try (EventStore store = started(url, StoreOptions.DEFAULT.withRetention(brief));
        Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(hashtextextended('gripstream_trim', 0))");
      append(store, "a", "x");
      long slots = number("SELECT count(*) FROM gripstream_slot");
      append(store, "b", "y");
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      eventually(() -> assertThat(System.nanoTime()).isGreaterThan(end));
      assertThat(number("SELECT count(*) FROM gripstream_slot")).isEqualTo(slots);
      assertThat(all(store, "a")).hasSize(1);

      statement.execute("SELECT pg_advisory_unlock(hashtextextended('gripstream_trim', 0))");
      eventually(() -> assertThat(all(store, "a")).isEmpty());
    }
  }

  /** The transaction that holds the turn is idle during a step. */
  @Test
  void process_keeps_its_turn_to_shed_old_events_during_a_long_step() throws Exception {
    String turns = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    try (EventStore store =
            started(url, StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(25)));
        Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE gripstream_slot IN ACCESS EXCLUSIVE MODE");
      eventually(() -> assertThat(number(turns)).isEqualTo(1));
      long end = System.nanoTime() + Duration.ofSeconds(14).toNanos();
      while (System.nanoTime() < end) {
        assertThat(number(turns)).isEqualTo(1);
      }
      other.rollback();
      assertThat(store.check()).isEqualTo(StoreHealth.OK);
    }
  }

  @Test
  void other_processes_are_woken_at_most_once_in_ten_milliseconds() throws Exception {
    try (EventStore store = started(url, StoreOptions.DEFAULT);
        Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      statement.execute("LISTEN gripstream_batch");
      long start = System.nanoTime();
      for (int i = 0; i < 300; i++) {
        append(store, "a", "x");
      }
      long most = Duration.ofNanos(System.nanoTime() - start).toMillis() / 10 + 1;

      int woken = other.unwrap(PGConnection.class).getNotifications(10).length;

      assertThat((long) woken).isBetween(1L, most + 1);
    }
  }

  @Test
  void clock_that_is_wrong_is_corrected_to_the_server() throws Exception {
    DatabaseClock ahead = new DatabaseClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(3)));
    try (Connection connection = DriverManager.getConnection(url);
        Session session = new Session(connection, "gripstream_")) {
      ahead.adjust(() -> PostgresEngine.serverMillis(session));
    }

    assertThat(ahead.instant()).isCloseTo(Instant.now(), Assertions.within(5, ChronoUnit.SECONDS));
    assertThat(ahead.millis()).isCloseTo(System.currentTimeMillis(), Assertions.within(5_000L));
  }

  @Test
  void tables_of_others_stay_apart() throws Exception {
    try (Connection own = DriverManager.getConnection(url);
        Statement statement = own.createStatement()) {
      statement.execute("CREATE TABLE orders (id int)");
    }
    try (EventStore one = started(url, StoreOptions.DEFAULT);
        EventStore two = started(url, StoreOptions.DEFAULT.withTablePrefix("chat_"))) {
      append(one, "a", "one");
      append(two, "a", "two");
      assertThat(data(all(one, "a"))).containsExactly("one");
      assertThat(data(all(two, "a"))).containsExactly("two");
    }
  }
}
