package io.gripstream.eventstream.internal.store.postgres;

import static io.gripstream.eventstream.testkit.Stores.append;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.testtools.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Refusals of a database, and their messages: one line with advice. */
class PostgresRefusalsIT {
  private String url;

  @BeforeEach
  void makeDatabase() {
    url = PostgresServer.shared().newDatabase();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String refusal(String address) {
    StoreException failure = catchThrowableOfType(StoreException.class, () -> {
      try (EventStore store = EventStores.postgres(
          address, StoreOptions.DEFAULT.withBusyTimeout(Duration.ofMillis(500)))) {
        store.start();
      }
    });
    assertThat(failure).as("it is refused").isNotNull();
    assertThat(failure.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
    assertThat(failure.getMessage()).hasLineCount(1).doesNotContain("Flyway");
    return failure.getMessage();
  }

  @Test
  void address_as_platforms_have_it_works() {
    String given = url.replace("jdbc:postgresql://", "postgres://postgres:any%20one@")
        .replaceFirst("\\?user=postgres", "?sslmode=prefer&connect_timeout=5");
    try (EventStore store = EventStores.of(given, StoreOptions.DEFAULT)) {
      store.start();
      assertThat(append(store, "a", "x").id()).isEqualTo(1);
    }
  }

  @Test
  void role_without_create_right_is_reported_with_the_missing_grant() throws Exception {
    execute("""
        DO $$ BEGIN CREATE ROLE "no Tables" LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$""");
    String address = url.replace("user=postgres", "user=no%20Tables");
    execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");

    String grant = "GRANT CREATE ON SCHEMA public TO \"no Tables\"";
    assertThat(refusal(address)).contains(grant, "currentSchema=");
    execute(grant);
    try (EventStore store = EventStores.postgres(address)) {
      store.start();
      assertThat(store.check()).isEqualTo(StoreHealth.OK);
    }
  }

  @Test
  void role_without_a_usable_schema_is_reported() throws Exception {
    execute("""
        DO $$ BEGIN CREATE ROLE homeless LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$""");
    execute("DROP SCHEMA public");

    assertThat(refusal(url.replace("user=postgres", "user=homeless")))
        .contains("no schema that the role homeless may use");
  }

  @Test
  void role_without_rights_on_tables_of_another_is_reported() throws Exception {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    execute("""
        DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$""");
    execute("GRANT CREATE ON SCHEMA public TO guest");

    assertThat(refusal(url.replace("user=postgres", "user=guest")))
        .contains("may not do this", "owner")
        .doesNotContain("denied");
  }

  @Test
  void unknown_host_is_named() {
    assertThat(refusal("postgres://u:p4ss@nohost.invalid/x"))
        .contains("the host \"nohost.invalid\" is unknown")
        .doesNotContain("p4ss");
  }

  @Test
  void unknown_database_is_named() {
    assertThat(refusal(PostgresServer.shared().url("nowhere")))
        .contains("there is no database \"nowhere\"; make it with CREATE DATABASE");
  }

  @Test
  void table_that_was_removed_is_named() throws Exception {
    EventStores.migrate(url, StoreOptions.DEFAULT);
    execute("DROP TABLE gripstream_meta");

    assertThat(refusal(url)).contains("\"gripstream_meta\" is missing");
  }

  @Test
  void program_that_is_not_a_database_is_recognised() throws Exception {
    try (ServerSocket web = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> answer(web));
      server.setDaemon(true);
      server.start();
      assertThat(refusal("postgres://u:p@127.0.0.1:" + web.getLocalPort() + "/x"))
          .contains("another program than PostgreSQL answers there");
    }
  }

  private static void answer(ServerSocket web) {
    while (true) {
      try (Socket client = web.accept()) {
        client.getInputStream().read();
        client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      } catch (IOException e) {
        if (web.isClosed()) {
          return;
        }
      }
    }
  }

  @Test
  void server_without_tls_is_reported_if_the_url_requires_tls() {
    assertThat(refusal(url + "&sslmode=require")).contains("has no TLS", "ssl = on");
  }
}
