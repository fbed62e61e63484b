package io.gripstream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.EventStores;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.testkit.PushpinVersion;
import io.gripstream.testtools.WrittenPosition;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The main job, end to end: streams behind a real Pushpin and directly, published from other
 * processes, resumed after whatever happened in between.
 */
@ParameterizedClass(name = "Pushpin {0}")
@MethodSource(PushpinVersion.CHOSEN)
class MainJobIT {
  @TempDir
  Path directory;

  @Parameter
  PushpinVersion version;

  private final int port = Ports.free(1).get(0);
  private Pushpin pushpin;
  private @Nullable Command server;

  @BeforeEach
  void start() {
    pushpin = pushpin().start();
    serve();
    pushpin.awaitStream("/events/ready");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    pushpin.close();
  }

  @Test
  void an_event_of_the_command_line_reaches_clients_through_the_proxy_and_direct() {
    try (StreamClient proxied = StreamClient.open(proxied("/events?channel=news&channel=sport"));
        StreamClient direct = StreamClient.open(direct("/events/news"))) {
      proxied.expectOpen();
      direct.expectOpen();

      publish("news", "Hello, world");

      proxied.expectEvent("Hello, world");
      direct.expectEvent("Hello, world");
    }
  }

  @Test
  void another_processs_event_is_at_a_direct_client_within_100_ms_of_its_append() {
    try (StreamClient client = StreamClient.open(direct("/events/news"));
        EventStore other = EventStores.sqlite(database())) {
      client.expectOpen();
      other.start();
      List<Duration> delays = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        other.append(Draft.of("news", "message", "event " + i)).join();
        long stored = System.nanoTime();
        client.expectEvent("event " + i);
        delays.add(Duration.ofNanos(System.nanoTime() - stored));
      }
      Collections.sort(delays);
      assertThat(delays.get(delays.size() / 2))
          .as("median of %s", delays)
          .isLessThan(Duration.ofMillis(100));
    }
  }

  @Test
  void a_client_that_returns_gets_the_same_in_both_modes() {
    String path = "/events?channel=a&channel=b";
    String cutBeforeItsFirstEvent;
    try (StreamClient client = StreamClient.open(proxied(path))) {
      client.expectOpen();
      cutBeforeItsFirstEvent = client.lastId();
    }
    publish("a", "a1");
    publish("b", "b1");
    publish("a", "a2");

    List<String> later;
    try (StreamClient throughProxy = StreamClient.resume(proxied(path), cutBeforeItsFirstEvent);
        StreamClient held = StreamClient.resume(direct(path), cutBeforeItsFirstEvent)) {
      throughProxy.expectOpen().expectEvents(List.of("a1", "a2", "b1"));
      held.expectOpen().expectEvents(List.of("a1", "a2", "b1"));
      publish("b", "live");
      throughProxy.expectEvent("live");
      held.expectEvent("live");
      assertThat(plainly(throughProxy)).isEqualTo(plainly(held));
      later = List.of(throughProxy.lastId(), held.lastId());
    }
    publish("b", "b3");
    for (String lastId : later) {
      try (StreamClient client = StreamClient.resume(proxied(path), lastId)) {
        client.expectOpen().expectEvent("b3");
        client.expectNothing(Duration.ofSeconds(2));
      }
    }
  }

  @Test
  void a_client_of_the_proxy_survives_a_killed_server() {
    try (StreamClient client = StreamClient.open(proxied("/events/news"))) {
      client.expectOpen();
      publish("news", "before");
      client.expectEvent("before");

      kill();
      publish("news", "while down 1");
      publish("news", "while down 2");
      serve();
      publish("news", "after");

      // At once, or when the proxy tries again what it was just asking the server for.
      client.expectEvents(List.of("while down 1", "while down 2", "after"));
      client.expectNothing(Duration.ofSeconds(3));
      assertThat(client.isEnded()).isFalse();
    }
  }

  @Test
  void after_a_minute_without_a_server_a_client_has_everything() {
    try (StreamClient client = StreamClient.open(proxied("/events/news"))) {
      client.expectOpen();
      kill();
      publish("news", "first");
      boolean isCut = client.endsWithin(Duration.ofSeconds(60));
      publish("news", "second");
      serve();

      if (!isCut) {
        client.expectEvent("second");
      }
      String lastId = client.lastId();
      List<String> missed = List.of("first", "second")
          .subList(Character.digit(lastId.charAt("news:".length()), 10), 2);
      try (StreamClient back = StreamClient.resume(proxied("/events/news"), lastId)) {
        back.expectOpen().expectEvents(missed);
        publish("news", "third");
        back.expectEvent("third");
        back.expectNothing(Duration.ofSeconds(1));
      }
    }
  }

  @Test
  void any_name_and_data_goes_through_or_is_refused_with_the_reason() {
    Map<String, String> names = new TreeMap<>(Map.of(
        "two words", "100% sure",
        "50%,a:b;\"q\"/c", "quotes \" ' and\ttab",
        "grüße", "Ümläute",
        "😀", "😀 emoji",
        "lines", "one\ntwo\rthree\r\nfour"));
    for (Map.Entry<String, String> pair : names.entrySet()) {
      String path =
          "/events/" + URLEncoder.encode(pair.getKey(), StandardCharsets.UTF_8).replace("+", "%20");
      String seen = pair.getValue().replace("\r\n", "\n").replace('\r', '\n');
      try (StreamClient throughProxy = StreamClient.open(proxied(path));
          StreamClient held = StreamClient.open(direct(path))) {
        throughProxy.expectOpen();
        held.expectOpen();
        publish(pair.getKey(), pair.getValue());
        throughProxy.expectEvent(seen);
        held.expectEvent(seen);
        assertThat(throughProxy.body()).isEqualTo(held.body());
      }
      try (StreamClient throughProxy = StreamClient.resume(proxied(path), "earliest");
          StreamClient held = StreamClient.resume(direct(path), "earliest")) {
        throughProxy.expectOpen().expectEvent(seen);
        held.expectOpen().expectEvent(seen);
        assertThat(throughProxy.body()).isEqualTo(held.body());
      }
    }
    assertThat(gripstream("publish", "a\nb", "x").expectExit(2).err())
        .contains("channel name has control character U+000A at index 1")
        .hasLineCount(1);
  }

  @Test
  void an_event_published_while_the_proxy_is_down_is_delivered_when_it_is_back() {
    String lastId;
    try (StreamClient client = StreamClient.open(proxied("/events/news"))) {
      client.expectOpen();
      lastId = client.lastId();
    }
    URI client = pushpin.uri();
    URI control = pushpin.controlUri();
    pushpin.close();

    Command publish = gripstream("publish", "news", "into the void").expectExit(0);

    assertThat(publish.err().lines().filter(line -> line.contains("WARN")).toList())
        .hasSize(1);
    pushpin = pushpin().ports(client.getPort(), control.getPort()).start();
    pushpin.awaitStream("/events/ready");
    try (StreamClient back = StreamClient.resume(proxied("/events/news"), lastId)) {
      back.expectOpen().expectEvent("into the void");
      back.expectNothing(Duration.ofSeconds(4));
    }
  }

  @Test
  void bad_input_is_one_clear_line() {
    assertThat(gripstream("publish", "--no-such-option").expectExit(2).err())
        .contains("--no-such-option");
    assertOneLine(
        Command.gripstream(directory, Map.of("GRIP_URL", "nonsense"), "publish", "a", "b"),
        "GRIP_URL");
    assertOneLine(
        Command.gripstream(
            directory, Map.of("DATABASE_URL", "jdbc:sqlite:/proc/no/such.db"), "publish", "a", "b"),
        "/proc/no/such.db");
  }

  private static void assertOneLine(Command command, String culprit) {
    try (command) {
      assertThat(command.awaitExit()).isIn(1, 2);
      assertThat(command.err()).contains(culprit).hasLineCount(1);
    }
  }

  private Pushpin.Builder pushpin() {
    return Pushpin.builder().version(version).route("* 127.0.0.1:" + port);
  }

  /** Of several channels a proxy writes a live event's own pair twice: it means the same. */
  private static String plainly(StreamClient client) {
    return WrittenPosition.plainIn(new String(client.body(), StandardCharsets.UTF_8));
  }

  private void serve() {
    server = gripstream("serve", "--port", Integer.toString(port)).await("ready:");
  }

  private void kill() {
    if (server != null) {
      server.kill();
    }
  }

  private void publish(String channel, String data) {
    gripstream("publish", channel, data).expectExit(0);
  }

  private Command gripstream(String... arguments) {
    return Command.gripstream(
        directory,
        Map.of("DATABASE_URL", "jdbc:sqlite:" + database(), "GRIP_URL", pushpin.gripUrl()),
        arguments);
  }

  private Path database() {
    return directory.resolve("events.db");
  }

  private URI proxied(String path) {
    return pushpin.uri().resolve(path);
  }

  private URI direct(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
