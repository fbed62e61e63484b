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
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
            .channelManager(new ChannelManager() {
              @Override
              public boolean canRead(@Nullable String user, String channel) {
                return !forbidden.contains(channel);
              }
            }))
        .javalin(config -> {
          config.routes.after(request ->
              opened.merge(request.path() + " " + request.queryParam("by"), 1, Integer::sum));
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

  /** Also when it is cut before its first event: the position of {@code stream-open} makes up. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void every_client_connects_receives_gets_cut_and_resumes(Mode mode) {
    try (RealClients clients = connect(
        mode,
        Kind.OKHTTP_EVENTSOURCE,
        Kind.NODE_EVENTSOURCE,
        Kind.NODE_RECONNECTING,
        Kind.CHROMIUM_EVENTSOURCE,
        Kind.CHROMIUM_CLIENT_JS)) {
      clients.expectOpen();
      line().takeDown();
      send("first");
      line().mend();
      clients.expect("first");
      send("100% ä\n😀");
      clients.expect("100% ä\n😀");
      line().cut();
      send("missed");
      clients.expect("missed");
      send("live");
      clients.expect("live");
    }
  }

  /** Compressed answers wait for more; {@code no-transform} keeps this one as it is. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void events_pass_an_express_that_compresses_at_once_and_clients_resume(Mode mode)
      throws Exception {
    int target = mode == Mode.DIRECT ? server.port() : pushpin.uri().getPort();
    ExpressFront express = ExpressFront.before(target);
    try (RealClient client =
        ScriptClient.node("reconnecting-eventsource", express.uri("/events/" + channel))) {
      client.expectOpen();
      long sent = System.nanoTime();
      send("at once");
      client.expect("at once");
      assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofSeconds(2));
      express.close();
      send("missed");
      express = express.again(target);
      client.expect("missed");
    } finally {
      express.close();
    }
  }

  /**
   * A proxy whose application is away answers 502, on which a browser's own EventSource gives up.
   */
  @Test
  void reconnecting_clients_resume_after_502() {
    try (RealClients clients = connect(
        Mode.PROXIED,
        Kind.OKHTTP_EVENTSOURCE,
        Kind.NODE_RECONNECTING,
        Kind.CHROMIUM_CLIENT_JS,
        Kind.CHROMIUM_CLIENT_JS_ONMESSAGE)) {
      within(Duration.ofSeconds(30), () -> {
        assertThat(timesOpened(Kind.OKHTTP_EVENTSOURCE)).isPositive();
        assertThat(timesOpened(Kind.NODE_RECONNECTING)).isPositive();
        assertThat(timesOpened(Kind.CHROMIUM_CLIENT_JS)).isPositive();
        assertThat(timesOpened(Kind.CHROMIUM_CLIENT_JS_ONMESSAGE)).isPositive();
      });
      send("1");
      clients.expect("1");
      back.takeDown();
      int before = back.connections();
      line().cut();
      // Chromium and Node wait 3 s before they come back for the first time.
      clients.expectNothing(Duration.ofMillis(1_200));
      assertThat(back.connections()).isGreaterThan(before + 4);
      send("missed");
      back.mend();
      clients.expect("missed");
      send("2");
      clients.expect("2");
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void client_js_does_not_return_after_a_final_error(Mode mode) {
    try (RealClients client = connect(mode, Kind.CHROMIUM_CLIENT_JS)) {
      client.expectOpen();
      forbidden.add(channel);
      server.events().permissionChanged("visitor", channel);
      client.expect("{\"condition\":\"forbidden\",\"text\":\"Permission denied to channels: "
          + channel + "\",\"channels\":[\"" + channel + "\"]}");
      forbidden.remove(channel);
      send("not for who was told to go");
      // Longer than the longest wait before it would come back.
      client.expectNothing(Duration.ofSeconds(2));
      assertThat(timesOpened(Kind.CHROMIUM_CLIENT_JS)).isOne();
    }
  }

  private RealClients connect(Mode mode, Kind... kinds) {
    int port = mode == Mode.DIRECT ? server.port() : pushpin.uri().getPort();
    front = CuttableLine.to(port);
    return new RealClients(Stream.of(kinds).map(this::connect).toList());
  }

  private RealClient connect(Kind kind) {
    URI stream =
        URI.create("http://127.0.0.1:" + line().port() + "/events/" + channel + "?by=" + kind);
    return switch (kind) {
      case OKHTTP_EVENTSOURCE -> new JavaClient(stream);
      case NODE_EVENTSOURCE -> ScriptClient.node("eventsource", stream);
      case NODE_RECONNECTING -> ScriptClient.node("reconnecting-eventsource", stream);
      case CHROMIUM_EVENTSOURCE -> ScriptClient.chromium(page(kind, "EventSource", "all"));
      case CHROMIUM_CLIENT_JS -> ScriptClient.chromium(page(kind, "EventStream", "all"));
      case CHROMIUM_CLIENT_JS_ONMESSAGE ->
        ScriptClient.chromium(page(kind, "EventStream", "onmessage"));
    };
  }

  private URI page(Kind kind, String constructor, String listen) {
    return URI.create("http://127.0.0.1:" + line().port() + "/page?channel=" + channel + "&by="
        + kind + "&constructor=" + constructor + "&listen=" + listen);
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
        <script type="module">
          import { EventStream } from "/eventstream/client.js";
          const hear = (event) => say({ type: event.type, data: event.data, id: event.lastEventId });
          const source = new %s("/events/%s?by=%s", { maxRetry: 500 });
          %s
        </script>
        """.formatted(
        ctx.queryParam("constructor"), ctx.queryParam("channel"), ctx.queryParam("by"), listen));
  }

  private CuttableLine line() {
    if (front == null) {
      throw new IllegalStateException("not connected");
    }
    return front;
  }

  private void send(String data) {
    server.events().send(channel, "message", data);
  }

  private int timesOpened(Kind kind) {
    return opened.getOrDefault("/events/" + channel + " " + kind, 0);
  }
}
