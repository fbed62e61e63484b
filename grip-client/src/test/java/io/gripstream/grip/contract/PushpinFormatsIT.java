package io.gripstream.grip.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.grip.Channel;
import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.contract.TestOrigin.Reply;
import io.gripstream.grip.publish.Format;
import io.gripstream.grip.publish.Item;
import io.gripstream.grip.publish.ProxyPublisher;
import io.gripstream.grip.testkit.HeldResponse;
import io.gripstream.grip.testkit.Pushpin;
import io.gripstream.grip.websocket.WebSocketContext;
import io.gripstream.grip.websocket.WebSocketMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Behaviour that needs a real Pushpin: patches, and WebSockets on a wire. */
class PushpinFormatsIT {

  private static TestOrigin origin;
  private static Pushpin pushpin;
  private static ProxyPublisher publisher;

  @BeforeAll
  static void start() {
    origin = new TestOrigin();
    pushpin = Pushpin.builder()
        .route("* 127.0.0.1:" + origin.port() + ",over_http")
        .readyPath("/ready")
        .logLevel(3)
        .start();
    publisher = ProxyPublisher.create(pushpin.proxy());
    origin.route("/room", PushpinFormatsIT::room);
  }

  @AfterAll
  static void stop() {
    publisher.close();
    pushpin.close();
    origin.close();
  }

  private static void publish(Item item) throws Exception {
    publisher.publish(item).get(10, TimeUnit.SECONDS);
  }

  private static void awaitSubscribed(String channel) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (pushpin
        .log()
        .lines()
        .noneMatch(l -> l.contains(" subscribe ") && l.endsWith("channel=" + channel))) {
      assertThat(System.nanoTime()).as("subscribed to " + channel).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void a_patch_changes_the_body_that_was_held() throws Exception {
    origin.route(
        "/patch",
        r -> Reply.of("{\"n\":1,\"list\":[]}")
            .with(Instruct.response()
                .channel("patch")
                .timeout(Duration.ofSeconds(30))
                .build()));
    HeldResponse client = HeldResponse.get(pushpin.uri().resolve("/patch"));
    awaitSubscribed("patch");

    publish(Item.builder("patch")
        .format(
            new Format.HttpResponsePatch(
                200,
                null,
                List.of(),
                "[{\"op\":\"replace\",\"path\":\"/n\",\"value\":2},{\"op\":\"add\",\"path\":\"/list/-\",\"value\":\"é\"}]"))
        .build());

    assertThat(client.awaitEnd()).isIn("{\"list\":[\"é\"],\"n\":2}", "{\"n\":2,\"list\":[\"é\"]}");
  }

  /** Does what the first text message says; echoes others. */
  private static Reply room(TestOrigin.Request request) {
    WebSocketContext ws = WebSocketContext.read(request.headers(), request.body(), GripPrefix.NONE);
    if (ws.isOpening()) {
      ws.accept();
    }
    for (var message = ws.receive(); message != null; message = ws.receive()) {
      if (message instanceof WebSocketMessage.Text text) {
        String[] words = text.text().split(" ", 2);
        switch (words[0]) {
          case "join" -> ws.subscribe(words[1], Channel.SKIP_SELF);
          case "leave" -> ws.unsubscribe(words[1]);
          case "name" -> ws.setMeta("user", words[1]);
          case "remember" -> ws.setConnectionMeta("Word", words[1]);
          case "recall" -> ws.send(String.valueOf(ws.connectionMeta("Word")));
          case "alive" -> ws.keepAlive(KeepAlive.of("still here", Duration.ofSeconds(1)));
          case "close" -> ws.close(4001, "as you like");
          case "end" -> ws.close();
          case "detach" -> ws.detach();
          case "large" ->
            List.of(1, 2, 3).forEach(i -> ws.send("x".repeat(WebSocketContext.MAX_MESSAGE_BYTES)));
          default -> ws.send(text.text());
        }
      } else if (message instanceof WebSocketMessage.Binary binary) {
        ws.send(binary.content());
      }
    }
    WebSocketContext.Response response = ws.response();
    return new Reply(response.status(), response.headers(), response.body());
  }

  private static final class Client extends WebSocketListener implements AutoCloseable {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final WebSocket socket = new OkHttpClient()
        .newWebSocket(
            new Request.Builder().url(pushpin.uri().resolve("/room").toString()).build(), this);

    @Override
    public void onMessage(WebSocket socket, String text) {
      received.add(text);
    }

    @Override
    public void onMessage(WebSocket socket, ByteString bytes) {
      received.add("binary " + bytes.hex());
    }

    @Override
    public void onClosing(WebSocket socket, int code, String reason) {
      received.add("closed " + code + " " + reason);
      socket.close(code, reason);
    }

    @Override
    public void onFailure(WebSocket socket, Throwable cause, @Nullable Response response) {
      received.add("failed " + cause);
    }

    Client say(String text) {
      socket.send(text);
      return this;
    }

    String take() throws InterruptedException {
      return String.valueOf(received.poll(10, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
      socket.cancel();
    }
  }

  @Test
  void messages_of_all_kinds_arrive() throws Exception {
    try (var client = new Client()) {
      client.say("join kinds");
      awaitSubscribed("kinds");

      publish(Item.builder("kinds").message("é€😀").build());
      publish(Item.builder("kinds").message(new byte[] {0, -1, 'a'}).build());
      publish(Item.builder("kinds").message("").build());
      publish(Item.builder("kinds").message("\ufeffmarked").build());
      publish(Item.builder("kinds")
          .format(new Format.WsMessage(Format.WsMessage.Type.PING, new byte[] {1}, List.of()))
          .build());
      publish(Item.builder("kinds").message("x".repeat(300_000)).build());
      publish(Item.builder("kinds").format(new Format.WsClose(4000, "bye é")).build());

      assertThat(client.take()).isEqualTo("é€😀");
      assertThat(client.take()).isEqualTo("binary 00ff61");
      assertThat(client.take()).isEmpty();
      assertThat(client.take()).isEqualTo("\ufeffmarked");
      assertThat(client.take()).hasSize(300_000);
      assertThat(client.take()).isEqualTo("closed 4000 bye é");
    }
  }

  @Test
  void controls_work_as_labelled() throws Exception {
    try (var client = new Client()) {
      assertThat(client.say("remember me").say("recall").say("x").take()).isEqualTo("me");
      assertThat(client.take()).isEqualTo("x");
      client.say("name Zoë").say("join controls");
      awaitSubscribed("controls");
      publish(Item.builder("controls").meta("sender", "Zoë").message("own").build());
      publish(Item.builder("controls").message("other").build());
      assertThat(client.take()).isEqualTo("other");
      assertThat(client.say("leave controls").say("left").take()).isEqualTo("left");
      publish(Item.builder("controls").message("too late").build());
      assertThat(client.say("alive").take()).isEqualTo("still here");
    }
  }

  @Test
  void the_largest_messages_arrive_and_later_ones_too() throws Exception {
    try (var client = new Client()) {
      client.say("large").say("after");
      for (int i = 0; i < 3; i++) {
        assertThat(client.take()).hasSize(WebSocketContext.MAX_MESSAGE_BYTES);
      }
      assertThat(client.take()).isEqualTo("after");
    }
  }

  @Test
  void closing_with_and_without_code() throws Exception {
    try (var client = new Client()) {
      assertThat(client.say("close").take()).isEqualTo("closed 4001 as you like");
    }
    try (var client = new Client()) {
      assertThat(client.say("end").take()).isEqualTo("closed 1000 ");
    }
  }

  @Test
  void a_detached_connection_still_gets_published_items() throws Exception {
    try (var client = new Client()) {
      client.say("join detached");
      awaitSubscribed("detached");
      client.say("detach").say("not heard");
      awaitLog("CLOSE");
      publish(Item.builder("detached").message("heard").build());

      assertThat(client.take()).isEqualTo("heard");
    }
  }

  /** The origin is told with a CLOSE that it is out. */
  private static void awaitLog(String event) throws InterruptedException {
    while (true) {
      String body = new String(origin.takeRequest("/room").body(), StandardCharsets.UTF_8);
      if (body.contains(event)) {
        return;
      }
    }
  }
}
