package io.gripstream.eventstream.clients;

import static io.gripstream.eventstream.testkit.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.testkit.CuttableLine;
import io.gripstream.eventstream.testkit.StreamServer;
import io.gripstream.grip.testkit.Ports;
import io.gripstream.grip.testkit.Pushpin;
import io.javalin.http.Context;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients connect, receive, get cut, and resume: directly, and through a real Pushpin. */
class RealClientsIT {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private static StreamServer server;
  private static Pushpin pushpin;

  /** Between the proxy and the application. */
  private static CuttableLine back;

  private static final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private static final Map<String, Integer> opened = new ConcurrentHashMap<>();

  private final String channel = "c" + COUNT.incrementAndGet();

  /** Between the client and whatever it talks to. */
  private @Nullable CuttableLine front;

  private enum Kind {
    OKHTTP_EVENTSOURCE,
    NODE_EVENTSOURCE,
    NODE_RECONNECTING,
    CHROMIUM_EVENTSOURCE,
    CHROMIUM_CLIENT_JS,
    CHROMIUM_CLIENT_JS_ONMESSAGE
  }

  private enum Mode {
    DIRECT,
    PROXIED
  }

  @BeforeAll
  static void start() throws Exception {
    ScriptClient.install();
    int port = Ports.free(1).get(0);
    back = CuttableLine.to(port);
    pushpin = Pushpin.forOrigin(back.port());
    server = StreamServer.builder()
        .port(port)
        .configure(config -> config
            .proxy(pushpin.gripUrl())
            .user(request -> "visitor")
            .channels(new ChannelManager() {
              @Override
              public boolean canRead(@Nullable String user, String channel) {
                return !forbidden.contains(channel);
              }
            }))
        .javalin(config -> {
          config.routes.before(request -> opened.merge(request.path(), 1, Integer::sum));
          config.routes.get("/page", RealClientsIT::page);
        })
        .start();
    pushpin.awaitStream("/events/ready");
  }

  @AfterAll
  static void stop() {
    server.close();
    pushpin.close();
    back.close();
  }

  @AfterEach
  void mend() {
    back.mend();
    if (front != null) {
      front.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OKHTTP_EVENTSOURCE, DIRECT", "OKHTTP_EVENTSOURCE, PROXIED",
    "NODE_EVENTSOURCE, DIRECT", "NODE_EVENTSOURCE, PROXIED",
    "NODE_RECONNECTING, DIRECT", "NODE_RECONNECTING, PROXIED",
    "CHROMIUM_EVENTSOURCE, DIRECT", "CHROMIUM_EVENTSOURCE, PROXIED",
    "CHROMIUM_CLIENT_JS, DIRECT", "CHROMIUM_CLIENT_JS, PROXIED"
  })
  void connects_receives_gets_cut_and_resumes(Kind kind, Mode mode) {
    try (RealClient client = connect(kind, mode)) {
      client.expectOpen();
      send("1");
      client.expect("1");
      line().takeDown();
      send("missed\n100% ä😀");
      line().mend();
      client.expect("missed\n100% ä😀");
      send("2");
      client.expect("2");
      line().cut();
      send("3");
      client.expect("3");
    }
  }

  /** Cut before the first event: the position of {@code stream-open} makes up for it. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void resumes_although_it_had_no_event_yet(Mode mode) {
    try (RealClient client = connect(Kind.CHROMIUM_EVENTSOURCE, mode)) {
      client.expectOpen();
      line().takeDown();
      send("first");
      line().mend();
      client.expect("first");
    }
  }

  /**
   * A proxy whose application is away answers 502, on which a browser's own EventSource gives up.
   */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"OKHTTP_EVENTSOURCE", "NODE_RECONNECTING", "CHROMIUM_CLIENT_JS"})
  void comes_back_and_resumes_after_502(Kind kind) {
    try (RealClient client = connect(kind, Mode.PROXIED)) {
      client.expectOpen();
      send("1");
      client.expect("1");
      beAwayFor(2);
      client.expect("missed");
      send("2");
      client.expect("2");
    }
  }

  @Test
  void client_js_resumes_after_502_in_a_page_that_has_only_an_onmessage() {
    try (RealClient client = connect(Kind.CHROMIUM_CLIENT_JS_ONMESSAGE, Mode.PROXIED)) {
      within(Duration.ofSeconds(30), () -> assertThat(timesOpened()).isOne());
      send("1");
      client.expect("1");
      beAwayFor(2);
      client.expect("missed");
      send("2");
      client.expect("2");
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void client_js_does_not_come_back_when_it_is_told_not_to(Mode mode) {
    try (RealClient client = connect(Kind.CHROMIUM_CLIENT_JS, mode)) {
      client.expectOpen();
      forbidden.add(channel);
      server.events().permissionChanged("visitor", channel);
      client.expect("{\"condition\":\"forbidden\",\"text\":\"Permission denied to channels: "
          + channel + "\",\"channels\":[\"" + channel + "\"]}");
      forbidden.remove(channel);
      send("not for who was told to go");
      // Longer than the longest wait before it would come back.
      client.expectNothing(Duration.ofSeconds(2));
      assertThat(timesOpened()).isOne();
    }
  }

  @Test
  void client_js_is_what_npm_publishes_and_a_few_lines_of_ours() throws Exception {
    String served = HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(server.uri("/eventstream/client.js")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
    String published =
        ScriptClient.published().replaceAll("(?m)^//# sourceMappingURL.*", "").strip();
    assertThat(served).contains(published);
  }

  private RealClient connect(Kind kind, Mode mode) {
    URI server = mode == Mode.DIRECT ? RealClientsIT.server.uri("/") : pushpin.uri();
    front = CuttableLine.to(server.getPort());
    URI stream = URI.create("http://127.0.0.1:" + front.port() + "/events/" + channel);
    return switch (kind) {
      case OKHTTP_EVENTSOURCE -> new JavaClient(stream);
      case NODE_EVENTSOURCE -> ScriptClient.node("eventsource", stream);
      case NODE_RECONNECTING -> ScriptClient.node("reconnecting-eventsource", stream);
      case CHROMIUM_EVENTSOURCE -> ScriptClient.chromium(page("EventSource", "all"));
      case CHROMIUM_CLIENT_JS -> ScriptClient.chromium(page("ReconnectingEventSource", "all"));
      case CHROMIUM_CLIENT_JS_ONMESSAGE ->
        ScriptClient.chromium(page("ReconnectingEventSource", "onmessage"));
    };
  }

  private URI page(String constructor, String listen) {
    return URI.create("http://127.0.0.1:" + line().port() + "/page?channel=" + channel
        + "&constructor=" + constructor + "&listen=" + listen);
  }

  /** A page as an application would write it; {@code say} is the test's ear in it. */
  private static void page(Context ctx) {
    String listen = ctx.queryParam("listen").equals("onmessage")
        ? "source.onmessage = hear;"
        : "for (const type of ['stream-open', 'stream-reset', 'stream-error', 'message'])"
            + " source.addEventListener(type, hear);";
    ctx.html("""
        <!doctype html>
        <link rel="icon" href="data:,">
        <script src="/eventstream/client.js"></script>
        <script>
          const hear = (event) => say({ type: event.type, data: event.data, id: event.lastEventId });
          const source = new %s("/events/%s", { max_retry_time: 500 });
          %s
        </script>
        """.formatted(ctx.queryParam("constructor"), ctx.queryParam("channel"), listen));
  }

  private CuttableLine line() {
    if (front == null) {
      throw new IllegalStateException("not connected");
    }
    return front;
  }

  /** Cuts the client off while the application cannot be reached, for so many of its attempts. */
  private void beAwayFor(int attempts) {
    back.takeDown();
    int before = back.connections();
    line().cut();
    within(
        Duration.ofSeconds(30),
        () -> assertThat(back.connections()).isGreaterThanOrEqualTo(before + attempts));
    send("missed");
    back.mend();
  }

  private void send(String data) {
    server.events().send(channel, "message", data);
  }

  private int timesOpened() {
    return opened.getOrDefault("/events/" + channel, 0);
  }
}
