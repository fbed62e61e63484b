package io.gripstream.eventstream.internal.proxied;

import static io.gripstream.eventstream.testkit.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamEvent;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.Channel;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Several histories meet on one proxy, none of them with a prefix. */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class NamesAtProxyIT {
  @Parameter
  PushpinVersion version;

  @TempDir
  Path directory;

  private final List<Integer> ports = Ports.free(2);
  private Pushpin pushpin;

  @BeforeEach
  void start() {
    pushpin = Pushpin.builder()
        .version(version)
        .route("*,path_beg=/two/ 127.0.0.1:" + ports.get(1))
        .route("* 127.0.0.1:" + ports.get(0))
        .start();
  }

  @AfterEach
  void stop() {
    pushpin.close();
  }

  private StreamServer.Builder server() {
    return StreamServer.builder()
        .port(ports.get(0))
        .configure(config -> config.proxy(pushpin.gripUrl()).clock(Clock.systemUTC()));
  }

  private StreamClient open(String path) {
    return StreamClient.open(pushpin.uri().resolve(path));
  }

  @Test
  void two_installations_give_clients_their_own_events() {
    try (StreamServer one = server().start();
        StreamServer two = server()
            .port(ports.get(1))
            .routes(routes -> routes.pathParam("/two/{channel}"))
            .start()) {
      pushpin.awaitStream("/events/ready");
      pushpin.awaitStream("/two/ready");
      try (StreamClient ofOne = open("/events/shared");
          StreamClient ofTwo = open("/two/shared")) {
        ofOne.expectOpen();
        ofTwo.expectOpen();
        List<String> ones = new ArrayList<>();
        List<String> twos = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          ones.add("one " + i);
          twos.add("two " + i);
          one.events().send("shared", "message", "one " + i);
          two.events().send("shared", "message", "two " + i);
        }
        ofOne.expectEvents(ones).expectNothing(Duration.ofMillis(1_500));
        ofTwo.expectEvents(twos).expectNothing(Duration.ofMillis(100));
      }
    }
  }

  /** As django-eventstream names its channels. */
  @Test
  void events_of_others_under_the_same_name_disturb_no_client() {
    try (StreamServer server = server().start();
        ProxyPublisher others = ProxyPublisher.create(pushpin.proxy())) {
      pushpin.awaitStream("/events/ready");
      try (StreamClient client = open("/events/shared")) {
        client.expectOpen();
        for (int i = 1; i <= 10; i++) {
          byte[] content =
              ("id: %I\ndata: theirs " + i + "\n\n").getBytes(StandardCharsets.US_ASCII);
          others
              .publish(Item.builder("events-shared")
                  .id(Integer.toString(i))
                  .prevId(Integer.toString(i - 1))
                  .format(new Format.HttpStream(content, List.of(Channel.BUILD_ID)))
                  .build())
              .join();
          server.events().send("shared", "message", "ours " + i);
          client.expectEvent("ours " + i);
        }
        client.expectNothing(Duration.ofMillis(1_500));
      }
    }
  }

  /** Within the time in which the proxy remembers ids, and clients are held all the while. */
  @Test
  void streams_that_are_held_while_a_backup_is_put_back_are_reset_once() throws Exception {
    Path database = directory.resolve("events.db");
    Path backup = directory.resolve("backup.db");
    try (StreamClient held = heldOverABackup(database, backup)) {
      for (String left : List.of("events.db-wal", "events.db-shm")) {
        Files.deleteIfExists(directory.resolve(left));
      }
      Files.move(backup, database, StandardCopyOption.REPLACE_EXISTING);
      EventStores.renewEpoch("jdbc:sqlite:" + database, StoreOptions.DEFAULT);

      try (StreamServer restored = server().store(EventStores.sqlite(database)).start()) {
        // With "a" of the backup before them.
        List<String> sent = List.of("c", "d", "e");
        for (String data : sent) {
          restored.events().send("r", "message", data);
        }
        StreamEvent reset = held.expectReset();
        assertThat(reset.data()).contains("\"r\":\"unknown\"");
        assertThat(reset.id()).matches("r:[1-4],\\.:" + restored.store().epoch());
        // It may come before the last of them are stored: these follow.
        int known = Integer.parseInt(reset.id().substring(2, 3));
        for (String data : sent.subList(known - 1, sent.size())) {
          held.expectEvent(data);
        }
        restored.events().send("r", "message", "f");
        held.expectEvent("f");
        held.expectNothing(Duration.ofSeconds(3));
      }
    }
  }

  private StreamClient heldOverABackup(Path database, Path backup) throws Exception {
    try (StreamServer server = server().store(EventStores.sqlite(database)).start()) {
      pushpin.awaitStream("/events/ready");
      StreamClient client = open("/events/r");
      client.expectOpen();
      server.events().send("r", "message", "a");
      client.expectEvent("a");
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
          Statement statement = connection.createStatement()) {
        statement.execute("VACUUM INTO '" + backup + "'");
      }
      server.events().send("r", "message", "b");
      client.expectEvent("b");
      return client;
    }
  }

  /** The memory of a process ends with it, and the next one has another history. */
  @Test
  void streams_without_history_go_on_under_the_names_of_the_next_process() {
    try (StreamClient held = heldByUnreliable();
        StreamServer next = unreliable().start()) {
      within(Duration.ofSeconds(20), () -> {
        next.events().send("ticks", "message", "tick");
        assertThat(new String(held.body(), StandardCharsets.UTF_8)).contains("data: tick\n");
      });
    }
  }

  @SuppressWarnings("try")
  private StreamClient heldByUnreliable() {
    try (StreamServer server = unreliable().start()) {
      pushpin.awaitStream("/events/ticks");
      StreamClient client = open("/events/ticks");
      client.next();
      return client;
    }
  }

  private StreamServer.Builder unreliable() {
    return server()
        .configure(config -> config
            .proxy(pushpin.gripUrl())
            .clock(Clock.systemUTC())
            .secret("the same in every process")
            .channelRules(channel -> ChannelRules.DEFAULT.unreliable()));
  }

  @Test
  void a_restart_changes_no_name() {
    Path database = directory.resolve("events.db");
    assertThat(names(database)).isEqualTo(names(database)).contains("gs1-");
  }

  /** From loopback with any signature, while no proxy has a key: as a proxy gets it. */
  private String names(Path database) {
    try (StreamServer server = StreamServer.builder()
            .store(EventStores.sqlite(database))
            .configure(config -> config.proxy(pushpin.controlUri().toString()))
            .start();
        StreamClient proxy =
            StreamClient.open(server.uri("/events/a"), Map.of("Grip-Sig", "any"))) {
      return String.valueOf(proxy.header("grip-channel"));
    }
  }
}
