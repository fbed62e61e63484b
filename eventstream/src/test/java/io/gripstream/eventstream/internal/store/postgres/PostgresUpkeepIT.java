package io.gripstream.eventstream.internal.store.postgres;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
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
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * What a storage on PostgreSQL does all the time: shedding, waking, the clock; and what others do
 * to its tables.
 */
class PostgresUpkeepIT extends OwnPostgres {
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
      assertThat(failure.kind()).isEqualTo(StoreException.Kind.REPLACED);
      assertThat(failure).hasMessageContaining("start this process again");
      assertThat(store.fault()).hasValue(failure.getMessage());
    }
  }
}
