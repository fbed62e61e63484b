package io.gripstream.eventstream.internal.store.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.CopyReport;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.ProxyLedger;
import io.gripstream.eventstream.store.Retention;
import io.gripstream.eventstream.store.Revocations.Revocation;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.Eventually;
import io.gripstream.eventstream.testkit.Stores;
import io.gripstream.eventstream.testkit.TestClock;
import io.gripstream.testtools.PostgresServer;
import io.gripstream.testtools.RedisCluster;
import io.gripstream.testtools.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A storage that is copied into one of each kind, and back. */
class CopyIT {
  private static final String PROXY = "http://127.0.0.1:5561/";
  private static final String LATE_PROXY = "http://127.0.0.1:5562/";
  private static final List<String> CHANNELS = List.of(
      "news", "räume/ü 1", "a,b:c%d\\e\"f'g", "{0}", "forgotten", "trimmed", "big", "empty?");

  @TempDir
  Path directory;

  private final TestClock clock = TestClock.now();
  private StoreOptions options = StoreOptions.DEFAULT.withClock(clock);
  private int files;

  private String sqlite() {
    return "jdbc:sqlite:" + directory.resolve("events" + ++files + ".db");
  }

  private static String postgres() {
    return PostgresServer.shared().newDatabase();
  }

  private static String redis() {
    return RedisServer.shared().newDatabase();
  }

  private CopyReport copy(String from, String to) {
    return EventStores.copy(from, to, options, report -> {});
  }

  private EventStore open(String url) {
    EventStore store = EventStores.of(url, options);
    try {
      store.start();
    } catch (StoreException e) {
      store.close();
      throw e;
    }
    return store;
  }

  /** All that users, proxies and clients can see of a storage. */
  private record Seen(
      String epoch,
      Map<String, List<Event>> events,
      Map<String, Head> heads,
      List<Revocation> revocations,
      List<String> keys,
      Set<ProxyLedger.Backlog> backlog,
      List<Boolean> owed,
      List<Long> repeated) {
    static Seen of(EventStore store) {
      Map<String, List<Event>> events = new TreeMap<>();
      CHANNELS.forEach(channel -> events.put(channel, Stores.all(store, channel)));
      ProxyLedger ledger = store.ledger();
      // Whoever restarts registers again, by the same rules.
      ledger.register(List.of(PROXY, LATE_PROXY));
      ledger.granting("the rules");
      Map<String, Head> heads = new TreeMap<>(store.heads(CHANNELS));
      List<Long> repeated = List.of(
          Stores.append(store, Draft.of("news", "message", "x").withIdempotencyKey("a\nü"))
              .event()
              .id(),
          Stores.append(store, Draft.of("forgotten", "message", "x").withIdempotencyKey("k"))
              .event()
              .id());
      assertThat(store.heads(CHANNELS)).isEqualTo(heads);
      return new Seen(
          store.epoch(),
          events,
          heads,
          store.revocations().changes(0).entries().stream()
              .sorted((a, b) -> a.user().compareTo(b.user()))
              .toList(),
          store.keys().with(null).stream().map(HexFormat.of()::formatHex).toList(),
          Set.copyOf(ledger.backlog(LATE_PROXY, Duration.ofSeconds(2), 100)),
          List.of(ledger.owesRecovery(PROXY), ledger.owesRecovery(LATE_PROXY)),
          repeated);
    }
  }

  private void fill(EventStore store) {
    Stores.append(store, "forgotten", "1");
    Stores.append(store, Draft.of("forgotten", "message", "2").withIdempotencyKey("k"));
    for (int i = 1; i <= 5; i++) {
      Stores.append(store, "trimmed", "event " + i);
    }
    ProxyLedger ledger = store.ledger();
    ledger.register(List.of(PROXY, LATE_PROXY));
    ledger.granting("the rules");
    clock.advance(Duration.ofHours(2));
    ledger.recovered(PROXY);
    ledger.recovered(LATE_PROXY);
    store.keys().with("first key".getBytes(StandardCharsets.UTF_8));
    store.keys().with("second key".getBytes(StandardCharsets.UTF_8));
    store.forget("forgotten", Long.MAX_VALUE);
    store.forget("trimmed", 3);
    for (String channel : CHANNELS.subList(0, 4)) {
      for (String data :
          List.of("", "\0 zero", "a\r\nb\n", "tab\t back\\slash \\x41", "😀 Grüße")) {
        Stores.append(
            store, Draft.of(channel, "type\t\\ü", data).withSkippedUsers(List.of("ann", "b\\ob")));
        clock.advance(Duration.ofMillis(1_234));
      }
    }
    Stores.append(store, Draft.of("news", "message", "keyed").withIdempotencyKey("a\nü"));
    for (int i = 0; i < 6; i++) {
      Stores.append(store, "big", "x".repeat(1_000_000));
    }
    for (String channel : CHANNELS) {
      long last = store.heads(List.of(channel)).get(channel).last();
      if (last > 0) {
        ledger.confirm(PROXY, channel, 1, last);
        if (!channel.equals("news") && !channel.equals("big")) {
          ledger.confirm(LATE_PROXY, channel, 1, last);
        }
      }
    }
    ledger.confirm(LATE_PROXY, "news", 1, 4);
    store.revocations().revoke("ann", "room-*", clock.instant().plusSeconds(3600));
    store.revocations().revoke("bob", "*", Instant.ofEpochMilli(clock.millis() + 86_400_000));
    store.revocations().lift("bob", "*");
    store.revocations().revoke("zoë", "news", clock.instant().plusSeconds(7200));
    clock.advance(Duration.ofSeconds(5));
  }

  @Test
  void everything_arrives_in_every_kind_of_storage_and_comes_back() {
    options = options.withTablePrefix(RedisCluster.shared().newPrefix());
    String first = sqlite();
    try (EventStore store = open(first)) {
      fill(store);
    }
    Seen seen;
    try (EventStore store = open(first)) {
      seen = Seen.of(store);
    }
    assertThat(seen.backlog)
        .contains(new ProxyLedger.Backlog("news", 4, 6), new ProxyLedger.Backlog("big", 0, 6));
    assertThat(seen.owed).containsExactly(false, false);
    assertThat(seen.keys).hasSize(2);

    String from = first;
    List<String> hops =
        List.of(postgres(), redis(), RedisCluster.shared().url() + "?wait_replicas=1", sqlite());
    for (String to : hops) {
      CopyReport report = copy(from, to);
      assertThat(report.channels()).isEqualTo(7);
      assertThat(report.events()).isEqualTo(20 + 1 + 6 + 2);
      assertThat(report.keys()).isEqualTo(2);
      assertThat(report.revocations()).isEqualTo(2);
      assertThat(report.epoch()).isEqualTo(seen.epoch);
      try (EventStore store = open(to)) {
        assertThat(Seen.of(store)).usingRecursiveComparison().isEqualTo(seen);
      }
      from = to;
    }
    try (EventStore store = open(from)) {
      assertThat(Stores.append(store, "forgotten", "next").id()).isEqualTo(3);
      assertThat(Stores.append(store, "new", "next").id()).isEqualTo(1);
    }
  }

  static Stream<String> targets() {
    return Stream.of("sqlite", "postgres", "redis");
  }

  private String fresh(String kind) {
    return kind.equals("sqlite") ? sqlite() : kind.equals("postgres") ? postgres() : redis();
  }

  /** Events are as old as before, so they go when they would have gone. */
  @ParameterizedTest
  @MethodSource("targets")
  void retention_goes_on_where_it_was(String kind) {
    StoreOptions hour = options.withRetention(Retention.of(Duration.ofHours(1)));
    ChannelRules longer = ChannelRules.DEFAULT.withHistoryTtl(Duration.ofHours(3));
    String from = sqlite();
    String to = fresh(kind);
    try (EventStore store = EventStores.of(from, hour)) {
      store.channelRules(name -> name.equals("long") ? longer : ChannelRules.DEFAULT);
      store.start();
      for (String channel : List.of("a", "b", "long")) {
        Stores.append(store, channel, "old");
      }
      clock.advance(Duration.ofMinutes(30));
      for (String channel : List.of("a", "b", "long")) {
        Stores.append(store, channel, "young");
      }
      Eventually.within(Duration.ofSeconds(10), () -> assertThat(rules(from)).isEqualTo(1));
    }
    clock.advance(Duration.ofMinutes(15));
    EventStores.copy(from, to, hour, report -> {});

    try (EventStore store = EventStores.of(to, hour)) {
      store.channelRules(name -> name.equals("long") ? longer : ChannelRules.DEFAULT);
      store.start();
      assertThat(Stores.all(store, "a")).hasSize(2);
      clock.advance(Duration.ofMinutes(25));
      Eventually.within(Duration.ofSeconds(20), () -> {
        assertThat(Stores.data(Stores.all(store, "a"))).containsExactly("young");
        assertThat(Stores.data(Stores.all(store, "b"))).containsExactly("young");
      });
      clock.advance(Duration.ofMinutes(30));
      Eventually.within(Duration.ofSeconds(20), () -> {
        assertThat(Stores.all(store, "a")).isEmpty();
        assertThat(Stores.all(store, "b")).isEmpty();
      });
      assertThat(Stores.data(Stores.all(store, "long"))).containsExactly("old", "young");
    }
  }

  private static long rules(String url) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      return statement.executeQuery("SELECT count(*) FROM gripstream_retention").getLong(1);
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void a_copy_that_was_cut_off_opens_for_nobody_and_begins_anew(String kind) {
    String from = sqlite();
    String to = fresh(kind);
    try (EventStore store = open(from)) {
      for (int i = 0; i < 9_000; i++) {
        store.append(Draft.of("c" + i % 7, "message", "event " + i));
      }
      Stores.append(store, "c0", "last");
    }
    assertThatThrownBy(() -> EventStores.copy(from, to, options, report -> {
          if (report.events() > 5_000) {
            throw new IllegalStateException("cut off");
          }
        }))
        .hasMessage("cut off");

    String unfinished = "a copy into this storage is running or stopped early: wait for it, or run"
        + " gripstream copy again; it starts from the beginning";
    assertThatThrownBy(() -> open(to)).isInstanceOf(StoreException.class).hasMessage(unfinished);
    assertThatThrownBy(() -> EventStores.migrate(to, options)).hasMessage(unfinished);
    assertThatThrownBy(() -> EventStores.renewEpoch(to, options)).hasMessage(unfinished);
    assertThatThrownBy(() -> copy(to, sqlite())).hasMessage("FROM: " + unfinished);

    try (EventStore store = open(from)) {
      Stores.append(store, "late", "one more");
    }
    assertThat(copy(from, to).events()).isEqualTo(9_002);
    try (EventStore original = open(from);
        EventStore store = open(to)) {
      for (int i = 0; i < 7; i++) {
        assertThat(Stores.all(store, "c" + i)).isEqualTo(Stores.all(original, "c" + i));
      }
      assertThat(Stores.all(store, "late")).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void what_may_not_be_copied_is_refused(String kind) {
    String from = fresh(kind);
    String nothing = fresh(kind);
    assertThatThrownBy(() -> copy(nothing, sqlite())).message().startsWith("FROM: there is no ");
    try (EventStore store = open(from)) {
      Stores.append(store, "a", "b");
      assertThatThrownBy(() -> copy(from, sqlite()))
          .hasMessage(
              "FROM: a process has the storage open; stop every server and program that uses"
                  + " it, and copy again");
    }
    assertThatThrownBy(() -> copy(from, from))
        .message()
        .startsWith("FROM and TO are the same storage, or TO is a copy of FROM already");

    String used = fresh(kind);
    try (EventStore store = open(used)) {
      Stores.append(store, "a", "b");
      assertThatThrownBy(() -> copy(from, used))
          .message()
          .startsWith("TO: a process has the storage open");
    }
    assertThatThrownBy(() -> copy(from, used)).message().startsWith("TO is not empty, and a copy");
    try (EventStore store = open(used)) {
      assertThat(Stores.all(store, "a")).hasSize(1);
    }
    String to = fresh(kind);
    List<CopyReport> reports = new ArrayList<>();
    assertThat(EventStores.copy(from, to, options, reports::add).events()).isEqualTo(1);
    assertThat(reports).isNotEmpty();
    assertThatThrownBy(() -> copy(from, to)).message().contains("TO is a copy of FROM already");
  }

  @Test
  void copy_is_complete_when_the_replicas_have_it() {
    String from = sqlite();
    try (EventStore store = open(from)) {
      Stores.append(store, "a", "b");
    }
    options = options.withBusyTimeout(Duration.ofMillis(500));
    try (RedisServer server = RedisServer.start()) {
      String to = "redis://127.0.0.1:" + server.port() + "/0";
      assertThatThrownBy(() -> copy(from, to + "?wait_replicas=1"))
          .message()
          .startsWith("TO: only 0 of 1 replicas have everything that was written to Redis");
      assertThatThrownBy(() -> open(to).close()).message().contains("or stopped early");
      try (RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + server.port())) {
        Eventually.eventually(
            () -> assertThat(copy(from, to + "?wait_replicas=1").events()).isEqualTo(1));
        assertThat(replica.text("HGET", "gripstream_{0}:last", "a")).isEqualTo("1");
        try (EventStore store = open(to)) {
          assertThat(Stores.all(store, "a")).hasSize(1);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void events_that_come_during_the_copy_are_noticed(String kind) {
    String from = fresh(kind);
    try (EventStore store = open(from)) {
      Stores.append(store, "a", "b");
    }
    String to = sqlite();
    assertThatThrownBy(() -> EventStores.copy(from, to, options, report -> {
          if (report.channels() > 0) {
            try (EventStore store = open(from)) {
              Stores.append(store, "a", "c");
            }
          }
        }))
        .hasMessage("FROM: events were stored while it was copied, and may be missing in TO; stop"
            + " every server and publisher that uses FROM, and copy again");
    assertThatThrownBy(() -> open(to)).isInstanceOf(StoreException.class);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void an_empty_storage_gives_its_identity_alone(String kind) {
    String from = fresh(kind);
    String epoch = EventStores.migrate(from, options);
    String to = fresh("sqlite");
    CopyReport report = copy(from, to);
    assertThat(report.epoch()).isEqualTo(epoch);
    assertThat(report.channels()).isZero();
    assertThat(EventStores.migrate(to, options)).isEqualTo(epoch);
  }
}
