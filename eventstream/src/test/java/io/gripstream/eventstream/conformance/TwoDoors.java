package io.gripstream.eventstream.conformance;

import static io.gripstream.eventstream.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.EventStream;
import io.gripstream.eventstream.SendOptions;
import io.gripstream.eventstream.testkit.FaultyStore;
import io.gripstream.eventstream.testkit.StreamClient;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.javalin.config.JavalinConfig;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One application with two doors: its own port, and a real Pushpin in front of it. The user is what
 * the header {@code X-User} says, and the right to read ends at {@code X-Until}; the channels are
 * those of {@link HouseRules}.
 *
 * <p>Beside the streams of the house there are a few with other settings, below {@code /NAME/}.
 */
final class TwoDoors implements BeforeAllCallback, AfterAllCallback {
  private static final AtomicInteger COUNT = new AtomicInteger();

  final HouseRules rules = new HouseRules();
  private final List<EventStream> others = new ArrayList<>();
  private Pushpin pushpin;
  private StreamServer server;
  private EventStream unstored;

  @Override
  public void beforeAll(ExtensionContext context) {
    int port = Ports.free(1).get(0);
    pushpin = Pushpin.builder()
        .route("* 127.0.0.1:" + port)
        .handlerSetting("message_wait", "1000")
        .start();
    server = StreamServer.builder()
        .port(port)
        .configure(config -> config
            .proxy(pushpin.gripUrl())
            .channels(rules)
            .user(request -> request.header("X-User"))
            .expiry(request ->
                request.header("X-Until") == null ? null : Instant.parse(request.header("X-Until")))
            .clock(java.time.Clock.systemUTC()))
        .routes(routes -> routes
            .query("/events")
            .path("/events/{channel}")
            .fixed("/fixed", "fixed-a", "fixed-b")
            .formats("/objects/{id}/{part}/events", "object-{id}", "{part}-of-{id}"))
        .javalin(this::addOthers)
        .start();
    pushpin.awaitOrigin("/ready");
  }

  private void addOthers(JavalinConfig config) {
    unstored = add(config, "unstored", Cors.NONE, Duration.ofSeconds(20));
    add(config, "beating", Cors.NONE, Duration.ofSeconds(1));
    add(config, "cors-any", Cors.of("*"), Duration.ofSeconds(20));
    Set<String> origins = Set.of("https://one.example", "https://two.example:8443");
    add(config, "cors-list", new Cors(origins, false, Set.of()), Duration.ofSeconds(20));
    add(
        config,
        "cors-credentials",
        new Cors(origins, true, Set.of("X-Token")),
        Duration.ofSeconds(20));
  }

  private EventStream add(JavalinConfig javalin, String name, Cors cors, Duration keepAlive) {
    EventStream events = EventStream.create(config -> config
        .proxy(pushpin.gripUrl())
        .gripPrefix(name + "-")
        .user(request -> request.header("X-User"))
        .cors(cors)
        .keepAlive(keepAlive));
    others.add(events);
    javalin.registerPlugin(events.plugin(routes -> routes.query("/" + name + "/events")));
    return events;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    server.close();
    others.forEach(EventStream::close);
    pushpin.close();
  }

  /** A name that no case had before: Pushpin remembers the ids of a channel for a minute. */
  static String unique(String name) {
    return name + "-" + COUNT.incrementAndGet();
  }

  EventStream events() {
    return server.events();
  }

  /** Those that store nothing. */
  EventStream unstored() {
    return unstored;
  }

  FaultyStore store() {
    return server.store();
  }

  void send(String channel, String... data) {
    for (String text : data) {
      events().send(channel, "message", text);
    }
  }

  void sendSkipping(String user, String channel, String data) {
    events().send(channel, "message", data, SendOptions.NONE.skipping(user));
  }

  TwoClients open(String path) {
    return open(path, Map.of());
  }

  TwoClients resume(String path, String lastEventId) {
    return open(path, Map.of("Last-Event-ID", lastEventId));
  }

  TwoClients open(String path, Map<String, String> headers) {
    return request("GET", path, headers);
  }

  TwoClients request(String method, String path, Map<String, String> headers) {
    StreamClient direct = StreamClient.request(method, direct(path), headers);
    return new TwoClients(direct, StreamClient.request(method, proxied(path), headers));
  }

  URI direct(String path) {
    return server.uri(path);
  }

  URI proxied(String path) {
    return pushpin.uri().resolve(path);
  }

  /** The path of a stream of these channels. */
  static String channels(String... names) {
    StringBuilder path = new StringBuilder("/events");
    for (String name : names) {
      path.append(path.length() == 7 ? '?' : '&').append("channel=").append(encoded(name));
    }
    return path.toString();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Waits until the proxy would make its streams ask again for a hint, which it does not in the
   * moment in which their first answers are under way.
   */
  void awaitHeld(@Nullable String channel) {
    eventually(() -> assertThat(pushpin.log()).contains("channel=events-" + channel));
  }
}
