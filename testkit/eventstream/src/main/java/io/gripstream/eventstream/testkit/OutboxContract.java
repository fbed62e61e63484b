package io.gripstream.eventstream.testkit;

import static io.gripstream.eventstream.testkit.Eventually.within;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static io.gripstream.eventstream.testkit.Stores.data;
import static io.gripstream.eventstream.testkit.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Events in callers' transactions, for stores on a database that callers can share. */
public abstract class OutboxContract {
  /** The specification says 200 ms, but other tests may keep the machine busy. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private EventStore store;
  private Connection connection;

  /** Makes a store that is not started, each time on the same storage. */
  protected abstract EventStore newStore(StoreOptions options) throws Exception;

  /** The JDBC address of that storage, for a caller. */
  protected abstract String url();

  /** The JDBC address of another database of the same kind, which holds another store. */
  protected abstract String otherUrl() throws Exception;

  @BeforeEach
  void open() throws Exception {
    store = newStore(StoreOptions.DEFAULT);
    store.start();
    connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
    }
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    store.close();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  private static void order(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO orders VALUES (" + id + ")");
    }
  }

  private void assertSoon(String channel, String... data) {
    within(SOON, () -> assertThat(data(all(store, channel))).containsExactly(data));
  }

  @Test
  void event_appears_after_the_commit() throws Exception {
    connection.setAutoCommit(false);
    order(connection, 1);
    Draft draft = Draft.of("a b", "order", "line\r\nnül\0\u00e9").withSkippedUsers("u", "v");
    store.enqueue(connection, draft);
    store.enqueue(connection, Draft.of("a b", "order", "second"));
    assertThat(all(store, "a b")).isEmpty();

    connection.commit();

    within(SOON, () -> assertThat(ids(all(store, "a b"))).containsExactly(1L, 2L));
    assertThat(all(store, "a b").get(0).data()).isEqualTo(draft.data());
    assertThat(all(store, "a b").get(0).type()).isEqualTo("order");
    assertThat(all(store, "a b").get(0).skippedUsers()).isEqualTo(draft.skippedUsers());
  }

  @Test
  void event_is_reported_as_an_own_one() throws Exception {
    ChangeRecorder recorder = ChangeRecorder.of(store);
    store.enqueue(connection, Draft.of("a", "message", "x"));

    within(SOON, () -> assertThat(recorder.ownIds("a")).containsExactly(1L));
  }

  @Test
  void rolled_back_event_never_existed() throws Exception {
    connection.setAutoCommit(false);
    order(connection, 1);
    store.enqueue(connection, Draft.of("a", "message", "undone"));
    connection.rollback();
    store.enqueue(connection, Draft.of("a", "message", "done"));
    connection.commit();

    assertSoon("a", "done");
    assertThat(append(store, "a", "next").id()).isEqualTo(2);
  }

  @Test
  void pooled_connection_will_do() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setMaximumPoolSize(2);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection pooled = pool.getConnection()) {
      pooled.setAutoCommit(false);
      store.enqueue(pooled, Draft.of("a", "message", "pooled"));
      pooled.commit();
    }
    assertSoon("a", "pooled");
  }

  @Test
  void connection_of_a_spring_transaction_will_do() {
    DriverManagerDataSource source = new DriverManagerDataSource(url());
    TransactionTemplate transaction =
        new TransactionTemplate(new DataSourceTransactionManager(source));

    transaction.executeWithoutResult(
        status -> store.enqueue(DataSourceUtils.getConnection(source), Draft.of("a", "m", "kept")));
    transaction.executeWithoutResult(status -> {
      store.enqueue(DataSourceUtils.getConnection(source), Draft.of("a", "m", "undone"));
      status.setRollbackOnly();
    });
    transaction.executeWithoutResult(
        status -> store.enqueue(DataSourceUtils.getConnection(source), Draft.of("a", "m", "last")));

    assertSoon("a", "kept", "last");
  }

  @Test
  void channels_in_opposite_order_do_not_deadlock() throws Exception {
    int rounds = 40;
    List<Throwable> failures = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = IntStream.range(0, 4)
        .mapToObj(i -> new Thread(() -> {
          String first = i % 2 == 0 ? "a" : "b";
          String second = i % 2 == 0 ? "b" : "a";
          try (Connection own = connect()) {
            start.await();
            own.setAutoCommit(false);
            for (int round = 0; round < rounds; round++) {
              store.enqueue(own, Draft.of(first, "message", i + ":" + round));
              store.enqueue(own, Draft.of(second, "message", i + ":" + round));
              own.commit();
              append(store, second, "direct");
            }
          } catch (Throwable e) {
            synchronized (failures) {
              failures.add(e);
            }
          }
        }))
        .toList();
    threads.forEach(Thread::start);
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(failures).isEmpty();
    for (String channel : List.of("a", "b")) {
      within(
          SOON,
          () -> assertThat(ids(all(store, channel)))
              .isEqualTo(LongStream.rangeClosed(1, 6L * rounds).boxed().toList()));
      for (int i = 0; i < 4; i++) {
        String sender = i + ":";
        assertThat(data(all(store, channel)).stream().filter(d -> d.startsWith(sender)))
            .isEqualTo(IntStream.range(0, rounds).mapToObj(r -> sender + r).toList());
      }
    }
  }

  @Test
  void event_of_a_dead_process_is_sent_by_the_next_one() throws Exception {
    store.enqueue(connection, Draft.of("warm", "message", "x"));
    assertSoon("warm", "x");
    EventStore dead = store;
    dead.close();
    EventStore sleeping = newStore(StoreOptions.DEFAULT);
    sleeping.start();
    // {@code enqueue} is one INSERT, so it needs no running process.
    sleeping.enqueue(connection, Draft.of("a", "message", "left behind"));
    sleeping.close();

    store = newStore(StoreOptions.DEFAULT);
    store.start();
    within(
        Duration.ofSeconds(5),
        () -> assertThat(data(all(store, "a"))).containsExactly("left behind"));
  }

  @Test
  void several_processes_send_it_once() throws Exception {
    List<EventStore> others = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        EventStore other = newStore(StoreOptions.DEFAULT);
        others.add(other);
        other.start();
      }
      for (int i = 0; i < 100; i++) {
        store.enqueue(connection, Draft.of("a", "message", "" + i));
      }
      within(
          SOON,
          () -> assertThat(data(all(store, "a")))
              .isEqualTo(IntStream.range(0, 100).mapToObj(Integer::toString).toList()));
    } finally {
      others.forEach(EventStore::close);
    }
  }

  @Test
  void idempotency_key_holds_in_the_outbox() throws Exception {
    append(store, Draft.of("a", "message", "first").withIdempotencyKey("k"));
    store.enqueue(connection, Draft.of("a", "message", "again").withIdempotencyKey("k"));
    store.enqueue(connection, Draft.of("a", "message", "other").withIdempotencyKey("l"));

    assertSoon("a", "first", "other");
  }

  @Test
  void event_to_several_channels_appears_in_all_of_them() throws Exception {
    connection.setAutoCommit(false);
    store.enqueue(connection, Draft.of(List.of("b", "a"), "message", "undone"));
    connection.rollback();
    store.enqueue(
        connection, Draft.of(List.of("b", "a c"), "message", "x").withIdempotencyKey("k"));
    store.enqueue(connection, Draft.of(List.of("b", "d"), "message", "y").withIdempotencyKey("k"));
    store.enqueue(connection, Draft.of(List.of("a c", "b"), "message", "z"));
    connection.commit();

    assertSoon("b", "x", "z");
    assertThat(data(all(store, "a c"))).containsExactly("x", "z");
    assertThat(all(store, "d")).isEmpty();
    assertThat(refusals()).singleElement().asString().contains("key was used before");
  }

  private List<String> refusals() throws SQLException {
    List<String> refusals = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(
            "SELECT refused FROM gripstream_outbox WHERE refused IS NOT NULL")) {
      while (rows.next()) {
        refusals.add(rows.getString(1));
      }
    }
    return refusals;
  }

  @Test
  void row_that_can_never_be_sent_does_not_hold_up_others() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO gripstream_outbox (channel, type, data) VALUES ('a', '', 'x')");
    }
    store.enqueue(connection, Draft.of("a", "message", "good"));

    assertSoon("a", "good");
  }

  @Test
  void connection_to_another_database_is_refused() throws Exception {
    try (Connection other = DriverManager.getConnection(otherUrl())) {
      assertThatThrownBy(() -> store.enqueue(other, Draft.of("a", "message", "x")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("event store");
    }
  }
}
