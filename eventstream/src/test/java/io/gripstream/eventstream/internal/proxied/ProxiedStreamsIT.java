package io.gripstream.eventstream.internal.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.Sent;
import io.gripstream.eventstream.javalin.EventStreamPlugin;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamEvent;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.javalin.Javalin;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams through a real Pushpin. */
class ProxiedStreamsIT {
  @TempDir
  Path directory;

  private Javalin server;
  private Pushpin pushpin;
  private EventStream events;

  @BeforeEach
  void start() {
    int port = Ports.free(1).get(0);
    pushpin = Pushpin.builder().route("* 127.0.0.1:" + port).start();
    events = EventStream.create(config ->
        config.store(EventStores.sqlite(directory.resolve("events.db"))).proxy(pushpin.gripUrl()));
    server = Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.registerPlugin(new EventStreamPlugin(
              events, routes -> routes.queryParam("/events").pathParam("/events/{channel}")));
        })
        .start("127.0.0.1", port);
    pushpin.awaitStream("/events?channel=ready");
  }

  @AfterEach
  void stop() {
    server.stop();
    pushpin.close();
  }

  @Test
  void an_event_arrives_with_the_streams_position() {
    try (StreamClient client = StreamClient.open(uri("/events?channel=a&channel=b"))) {
      client.expectOpen();

      events.send("b", "greeting", "hello");

      StreamEvent event = client.expectEvent("hello");
      assertThat(event.type()).isEqualTo("greeting");
      // Its own pair, and all as the proxy knows them: with this event (1.36) or before it (1.41).
      assertThat(event.id()).matches("b:1,a:0,b:[01],\\.:[a-z0-9]+");
    }
  }

  @Test
  void an_event_of_the_only_reliable_channel_has_the_id_that_it_has_without_a_proxy() {
    try (StreamClient client = StreamClient.open(uri("/events?channel=a"))) {
      client.expectOpen();

      Sent sent = events.send("a", "greeting", "hello");

      assertThat(client.expectEvent("hello").id())
          .isEqualTo(sent.position().orElseThrow().toString());
    }
  }

  @Test
  void a_client_that_returns_gets_the_missed_events_once_and_in_order() {
    String id;
    try (StreamClient client = StreamClient.open(uri("/events?channel=a&channel=b"))) {
      client.expectOpen();
      events.send("a", "message", "a1");
      client.expectEvent("a1");
      id = client.lastId();
    }
    events.send("a", "message", "a2");
    events.send("b", "message", "b1");
    events.send("a", "message", "a3");

    try (StreamClient client = StreamClient.resume(uri("/events?channel=a&channel=b"), id)) {
      client.expectOpen();
      client.expectEvents(List.of("a2", "a3", "b1"));
      events.send("b", "message", "b2");
      client.expectEvent("b2");
      client.expectNothing(Duration.ofMillis(1_500));
    }
  }

  @Test
  void long_histories_come_in_pages() {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      String data = i + " " + "%x".repeat(200);
      events.send("a", "message", data);
      sent.add(data);
    }
    try (StreamClient client = StreamClient.resume(uri("/events?channel=a"), "earliest")) {
      client.expectOpen();
      client.expectEvents(sent);
      events.send("a", "message", "live");
      client.expectEvent("live");
    }
  }

  @Test
  void a_large_event_goes_through_live_and_on_replay() {
    String large = "ä%😀 ".repeat(28_000);
    try (StreamClient client = StreamClient.open(uri("/events/a"))) {
      client.expectOpen();
      events.send("a", "message", large);
      client.expectEvent(large);
    }
    try (StreamClient client = StreamClient.resume(uri("/events/a"), "earliest")) {
      client.expectOpen();
      client.expectEvent(large);
      events.send("a", "message", "live");
      client.expectEvent("live");
    }
  }

  @Test
  void any_legal_name_and_data_goes_through() {
    List<String> names = List.of(
        "a b",
        "100%",
        "a,b:c;d",
        "\"quoted\"",
        "a/b",
        "grüße",
        "😀",
        "a+b&c=d#e?f",
        "(x)\\y)",
        "%20",
        "~next");
    List<String> data = List.of(
        "100% ok %I %%",
        " leading", "a\nb\nc", "\"q\", 'r'", "grüße 😀", "id: 5\ndata: x", "", "\ttab\u0001");
    for (String name : names) {
      try (StreamClient client = StreamClient.open(channel(name))) {
        client.expectOpen();
        for (String text : data) {
          events.send(name, "50% ö", text);
          assertThat(client.expectEvent(text).type()).isEqualTo("50% ö");
        }
        try (StreamClient replay = StreamClient.resume(channel(name), "earliest")) {
          replay.expectOpen();
          replay.expectEvents(data);
          assertThat(replay.lastId()).isEqualTo(client.lastId());
        }
      }
    }
  }

  /** Nearly the longest position: the heads of such answers have more than 8 kB. */
  @Test
  void ten_channels_with_long_names_fit_into_an_answers_head() {
    List<String> names =
        IntStream.range(0, 10).mapToObj(i -> i + "x".repeat(158)).toList();
    try (StreamClient client =
        StreamClient.open(uri("/events?channel=" + String.join("&channel=", names)))) {
      client.expectOpen();

      events.send(names.get(9), "message", "hello");

      client.expectEvent("hello");
    }
  }

  private URI channel(String name) {
    return uri("/events/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"));
  }

  private URI uri(String path) {
    return pushpin.uri().resolve(path);
  }
}
