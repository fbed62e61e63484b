package io.gripstream.eventstream.internal.store.postgres;

import static io.gripstream.eventstream.testkit.Stores.append;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.Durability;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.testtools.Logged;
import io.gripstream.testtools.PgBouncer;
import io.gripstream.testtools.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of every store, behind a pooler that gives each transaction another connection. */
class PgBouncerIT extends PostgresContracts {
  private static PgBouncer pooler;

  @BeforeAll
  static void startPooler() {
    pooler = PgBouncer.before(PostgresServer.shared());
  }

  @AfterAll
  static void stopPooler() {
    pooler.close();
  }

  @Override
  String url() {
    return pooler.through(database());
  }

  @Override
  protected String callersUrl() {
    // The application's own connection, which it has to set up for its pooler itself.
    return url() + "&prepareThreshold=0";
  }

  private EventStore started(String address) {
    EventStore store = EventStores.postgres(address);
    store.start();
    return store;
  }

  @Test
  void pooler_is_noticed_and_said_in_one_line() throws Exception {
    String log = Logged.during(() -> {
      try (EventStore store = started(url())) {
        append(store, "a", "x");
      }
    });
    assertThat(log.lines().filter(line -> line.contains("io.gripstream")))
        .singleElement()
        .asString()
        .contains("pooler", "statements are not prepared on the server", "come by the poll");
  }

  @Test
  void nothing_of_this_store_stays_on_the_pooled_connections() throws Exception {
    StoreOptions relaxed = StoreOptions.DEFAULT.withDurability(Durability.RELAXED);
    try (EventStore store = newStore(relaxed)) {
      store.start();
      append(store, "a", "x");
      for (int i = 0; i < 10; i++) {
        assertThat(setting("lock_timeout")).isEqualTo("0");
        assertThat(setting("synchronous_commit")).isEqualTo("on");
        assertThat(setting("statement_timeout")).isEqualTo("0");
      }
    }
  }

  private String setting(String name) throws Exception {
    try (Connection connection = DriverManager.getConnection(callersUrl());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void process_behind_it_and_one_at_the_server_hear_of_each_other() {
    try (EventStore pooled = started(url());
        EventStore other = started(database())) {
      ChangeRecorder atPooled = ChangeRecorder.of(pooled);
      ChangeRecorder atOther = ChangeRecorder.of(other);
      append(pooled, "from-pooled", "x");
      append(other, "from-other", "x");
      atPooled.assertToldOfOthers("from-other", Duration.ofMillis(500));
      atOther.assertToldOfOthers("from-pooled", Duration.ofMillis(500));
    }
  }
}
