package io.gripstream.eventstream.internal.store.redis;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static io.gripstream.eventstream.testkit.Stores.all;
import static io.gripstream.eventstream.testkit.Stores.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreHealth;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.ChangeRecorder;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.testtools.RedisSentinel;
import io.gripstream.testtools.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that Redis refuses, and settings that Gripstream refuses. */
class RedisRefusalsIT {
  private static RedisServer server;
  private static int tlsPort;
  private static Path certificate;
  private static Path key;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    tlsPort = Ports.free(1).get(0);
    certificate = folder.resolve("cert.pem");
    key = folder.resolve("key.pem");
    Process openssl = new ProcessBuilder(
            ("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
                    + " -addext subjectAltName=DNS:localhost -keyout " + key + " -out "
                    + certificate)
                .split(" ", -1))
        .redirectErrorStream(true)
        .start();
    openssl.getInputStream().readAllBytes();
    assertThat(openssl.waitFor()).isZero();
    server = RedisServer.start(
        "--tls-port",
        "" + tlsPort,
        "--tls-cert-file",
        certificate.toString(),
        "--tls-key-file",
        key.toString(),
        "--tls-auth-clients",
        "no");
    server.command("ACL", "SETUSER", "app", "on", ">s3cret", "~gripstream_*", "&gripstream_*");
    String rights = "+@read +@write +@scripting +@connection +@pubsub +info +time";
    server.command(("ACL SETUSER app " + rights).split(" ", -1));
    server.command("ACL", "SETUSER", "reader", "on", ">s3cret", "~*", "&*", "+@all", "-eval");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void reset() {
    server.command("CONFIG", "SET", "maxmemory", "0");
    server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    server.command("CONFIG", "SET", "appendfsync", "always");
  }

  private static String url(String login, String rest) {
    return "redis://" + login + "127.0.0.1:" + server.port() + "/" + rest;
  }

  private static EventStore started(String url) {
    EventStore store =
        EventStores.of(url, StoreOptions.DEFAULT.withBusyTimeout(Duration.ofSeconds(2)));
    try {
      store.start();
      return store;
    } catch (RuntimeException e) {
      // Otherwise it connects again and again.
      store.close();
      throw e;
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String url) {
    return assertThatThrownBy(() -> started(url).close())
        .isInstanceOf(StoreException.class)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void login_is_that_of_the_address() {
    try (EventStore store = started(url("app:s3cret@", "7"))) {
      append(store, "a", "1");
      assertThat(all(store, "a")).hasSize(1);
      assertThat(store.remarks())
          .as("it may not ask for settings")
          .singleElement()
          .asString()
          .contains("database 7: the user may not read its settings (CONFIG GET)");
    }
    try (EventStore store = started(url("", "8"))) {
      assertThat(all(store, "a")).as("of another database").isEmpty();
      assertThat(store.remarks())
          .containsExactly("Redis at 127.0.0.1:" + server.port() + ", database 8: an acknowledged"
              + " event survives a power cut (appendfsync always)");
    }
    assertRefused(url("app:not-s3cret@", ""))
        .hasMessageContaining("does not accept the user and password");
    server.command("ACL", "SETUSER", "default", "resetpass", ">pw");
    try {
      assertRefused(url("", "")).hasMessageContaining("asks for a password");
      started(url(":pw@", "")).close();
    } finally {
      server.commandAs("pw", "ACL", "SETUSER", "default", "nopass");
    }
  }

  @Test
  void tls_needs_a_certificate_that_is_trusted() {
    String url = "rediss://app:s3cret@localhost:" + tlsPort + "/11";
    try (EventStore store = started(url + "?ssl_ca=" + certificate)) {
      append(store, "a", "1");
    }
    assertRefused(url).hasMessageContaining("its certificate is not trusted");
  }

  @Test
  void sentinels_and_the_master_whom_they_name_are_asked_over_tls() {
    try (RedisSentinel sentinel = RedisSentinel.overTls(tlsPort, certificate, key)) {
      String url = "rediss-sentinel://app:s3cret@localhost:" + sentinel.port() + "/16";
      eventually(() -> {
        try (EventStore store = started(url + "?ssl_ca=" + certificate + "#main")) {
          append(store, "a", "1");
        }
      });
      try (EventStore store = started(url + "?ssl_ca=" + certificate + "#main")) {
        assertThat(server.text("CLIENT", "LIST").lines().filter(line -> line.contains("user=app")))
            .isNotEmpty()
            .allSatisfy(line -> assertThat(line).contains("laddr=127.0.0.1:" + tlsPort + " "));
        assertThat(all(store, "a")).isNotEmpty();
      }
      assertRefused(url + "#main").hasMessageContaining("its certificate is not trusted");
    }
  }

  @Test
  void command_that_the_user_may_not_use_is_named_as_the_reason() {
    assertRefused(url("reader:s3cret@", "12"))
        .hasMessageContaining("does not allow this user a command or a key");
  }

  @Test
  void server_that_may_drop_events_is_refused() {
    server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    assertRefused(url("", "13"))
        .hasMessageContaining("may drop events when its memory is full (maxmemory-policy"
            + " allkeys-lru); set maxmemory-policy noeviction");
    server.command("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");
    assertRefused(url("", "13")).hasMessageContaining("volatile-ttl");
  }

  @Test
  void full_durability_is_refused_where_a_power_cut_takes_events() {
    server.command("CONFIG", "SET", "appendfsync", "everysec");
    assertRefused(url("", "14"))
        .hasMessageContaining("cannot keep what full durability promises: appendfsync is everysec")
        .hasMessageContaining("?durability=relaxed");
    try (EventStore store = started(url("", "14?durability=relaxed"))) {
      append(store, "a", "1");
      assertThat(store.remarks()).singleElement().asString().contains("may lose the last second");
    }
  }

  @Test
  void memory_limit_stores_nothing_and_goes_on_when_there_is_space() {
    try (EventStore store = started(url("", "15"))) {
      append(store, "a", "1");
      server.command("CONFIG", "SET", "maxmemory", "1mb");
      assertThatThrownBy(() -> append(store, "a", "2"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("has reached its memory limit (maxmemory)")
          .extracting("kind")
          .isEqualTo(StoreException.Kind.UNAVAILABLE);
      assertThat(store.check()).isInstanceOf(StoreHealth.Failed.class);
      assertThat(all(store, "a")).as("reads go on").hasSize(1);

      server.command("CONFIG", "SET", "maxmemory", "0");

      eventually(() -> assertThat(store.check()).isEqualTo(StoreHealth.OK));
      assertThat(append(store, "a", "2").id()).isEqualTo(2);
    }
  }

  @Test
  void send_waits_for_the_replicas_of_the_address() throws Exception {
    String url = url("", "16?wait_replicas=1");
    try (EventStore store = started(url)) {
      ChangeRecorder recorder = ChangeRecorder.of(store);
      assertThatThrownBy(() -> append(store, "a", "1"))
          .hasMessageContaining("only 0 of 1 replicas have it")
          .extracting("kind")
          .isEqualTo(StoreException.Kind.UNKNOWN_OUTCOME);
      recorder.assertToldOfOthers("a", Duration.ofSeconds(5));
      try (RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + server.port())) {
        eventually(() -> append(store, "a", "2"));
        assertRefused("redis://127.0.0.1:" + replica.port()).hasMessageContaining("is a replica");
      }
      assertThat(all(store, "a")).as("it was stored").isNotEmpty();
    }
  }

  private static List<String> connectionsOf(String user) {
    return server
        .text("CLIENT", "LIST")
        .lines()
        .filter(line -> line.contains(" user=" + user + " "))
        .toList();
  }

  @Test
  void start_that_is_refused_leaves_no_connection_and_may_be_repeated() {
    server.command("ACL", "SETUSER", "again", "on", ">s3cret", "~*", "&*", "+@all");
    server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    try (EventStore store = EventStores.of(url("again:s3cret@", "18"), StoreOptions.DEFAULT)) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(store::start).hasMessageContaining("maxmemory-policy");
      }
      eventually(() -> assertThat(connectionsOf("again")).isEmpty());

      server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
      store.start();

      assertThat(append(store, "a", "1").id()).isEqualTo(1);
    }
  }

  @Test
  void start_that_may_not_listen_leaves_no_connection_and_may_be_repeated() {
    server.command("ACL", "SETUSER", "deaf", "on", ">s3cret", "~*", "resetchannels", "+@all");
    try (EventStore store = EventStores.of(url("deaf:s3cret@", "19"), StoreOptions.DEFAULT)) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(store::start).isInstanceOf(StoreException.class);
      }
      eventually(() -> assertThat(connectionsOf("deaf")).isEmpty());

      server.command("ACL", "SETUSER", "deaf", "&*");
      store.start();

      assertThat(append(store, "a", "1").id()).isEqualTo(1);
    }
  }

  @Test
  void transaction_of_the_caller_is_refused_with_a_word_on_what_to_do() {
    try (EventStore store = started(url("", "17"))) {
      assertThatThrownBy(() -> store.enqueue(null, Draft.of("a", "message", "x")))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("send after your commit");
    }
  }
}
