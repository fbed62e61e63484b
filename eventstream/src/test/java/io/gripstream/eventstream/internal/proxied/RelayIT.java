package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreOptions;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.javalin.Javalin;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events for clients of two real Pushpins during faults. */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class RelayIT {
  @TempDir
  Path directory;

  @Parameter
  PushpinVersion version;

  private final int port = Ports.free(1).get(0);
  private final List<Integer> firstsPorts = Ports.free(2);
  private final List<AutoCloseable> started = new ArrayList<>();
  private Pushpin first;
  private Pushpin second;

  @BeforeEach
  void start() {
    first = pushpin(firstsPorts);
    second = pushpin(Ports.free(2));
    serve(port);
    first.awaitStream("/events/ready");
    second.awaitStream("/events/ready");
  }

  private EventStream serve(int at) {
    EventStream events = EventStream.create(config -> config
        .store(EventStores.sqlite(database()))
        .proxy(first.gripUrl())
        .proxy(second.gripUrl()));
    Javalin server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(
              new EventStreamPlugin(events, routes -> routes.pathParam("/events/{channel}")));
        })
        .start("127.0.0.1", at);
    started.add(server::stop);
    return events;
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : started) {
      each.close();
    }
    first.close();
    second.close();
  }

  @Test
  void unpublished_events_reach_clients_of_every_proxy_once_and_in_order() {
    try (StreamClient one = StreamClient.open(first.uri().resolve("/events/a"));
        StreamClient two = StreamClient.open(second.uri().resolve("/events/a"));
        StreamClient other = StreamClient.open(second.uri().resolve("/events/b"))) {
      one.expectOpen();
      two.expectOpen();
      other.expectOpen();
      List<String> sent = storeUnpublished(250);

      one.expectEvents(sent).expectNothing(Duration.ofSeconds(3));
      two.expectEvents(sent).expectNothing(Duration.ofMillis(100));
      other.expectEvents(sent).expectNothing(Duration.ofMillis(100));
    }
  }

  @Test
  void many_processes_that_repeat_at_once_disturb_nothing() {
    List<EventStream> others = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      others.add(serve(Ports.free(1).get(0)));
    }
    try (StreamClient client = StreamClient.open(first.uri().resolve("/events/a"))) {
      client.expectOpen();
      List<String> sent = new ArrayList<>(storeUnpublished(50));
      for (int i = 0; i < 100; i++) {
        String data = "sent " + i;
        others.get(i % others.size()).send("a", "message", data);
        sent.add(data);
      }
      client.expectEvents(sent).expectNothing(Duration.ofSeconds(4));
    }
  }

  @Test
  void a_proxy_that_was_away_for_a_moment_gets_the_missed_events() {
    String lastId;
    try (StreamClient client = StreamClient.open(first.uri().resolve("/events/a"))) {
      client.expectOpen();
      lastId = client.lastId();
    }
    first.close();
    List<String> missed = storeUnpublished(5);
    first = pushpin(firstsPorts);
    first.awaitStream("/events/ready");

    try (StreamClient client = StreamClient.resume(first.uri().resolve("/events/a"), lastId)) {
      client.expectOpen().expectEvents(missed);
      client.expectNothing(Duration.ofSeconds(4));
    }
  }

  /**
   * The proxy lives, but nothing was published to it for an hour: it is not flooded, it is told to
   * ask.
   */
  @Test
  void an_event_an_hour_old_is_not_sent_but_asked_for() {
    try (StreamClient client = StreamClient.open(first.uri().resolve("/events/a"))) {
      client.expectOpen();
      // Past the first second, in which the proxy asks anyway.
      client.expectNothing(Duration.ofMillis(2_500));
      Clock hourAgo = Clock.offset(Clock.systemUTC(), Duration.ofHours(-1));
      List<String> sent = storeUnpublished(2_000, hourAgo);

      client.expectEvents(sent).expectNothing(Duration.ofSeconds(3));
      assertThat(first.log()).contains("POST /recover/");
      assertThat(first
              .log()
              .lines()
              .filter(line -> line.matches(".*publish channel=gs1-[a-z0-9]+-a .*"))
              .count())
          .as("items published to the proxy")
          .isZero();
    }
  }

  private Pushpin pushpin(List<Integer> ports) {
    return Pushpin.builder()
        .version(version)
        // From 1.41 on, that it was told to ask is only in the log of level 3.
        .logLevel(3)
        .route("* 127.0.0.1:" + port)
        .ports(ports.get(0), ports.get(1))
        .start();
  }

  private List<String> storeUnpublished(int count) {
    return storeUnpublished(count, Clock.systemUTC());
  }

  /**
   * To the channels a and b at once, as publishers do that are killed between their commit and
   * their publish.
   */
  private List<String> storeUnpublished(int count, Clock clock) {
    List<String> sent = new ArrayList<>();
    try (EventStore other = EventStores.sqlite(database(), StoreOptions.DEFAULT.withClock(clock))) {
      other.start();
      for (int i = 0; i < count; i++) {
        sent.add("event " + i);
      }
      sent.stream()
          .map(data -> other.append(Draft.of(List.of("b", "a"), "message", data)))
          .toList()
          .forEach(answer -> answer.join());
    }
    return sent;
  }

  private Path database() {
    return directory.resolve("events.db");
  }
}
