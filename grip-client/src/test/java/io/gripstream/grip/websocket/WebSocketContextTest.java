package io.gripstream.grip.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.HeaderSource;
import io.gripstream.grip.KeepAlive;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WebSocketContextTest {

  private static final Map<String, List<String>> HEADERS = Map.of(
      "Connection-Id", List.of("c1"),
      "Meta-User", List.of("ann"),
      "Content-Type", List.of("application/websocket-events"));

  private static WebSocketContext context(String body) {
    HeaderSource headers = name -> HEADERS.getOrDefault(name, List.of());
    return WebSocketContext.read(
        headers, body.getBytes(StandardCharsets.UTF_8), new GripPrefix("p-"));
  }

  private static String body(WebSocketContext ws) {
    return new String(ws.response().body(), StandardCharsets.UTF_8);
  }

  @Test
  void accepts_with_the_extension_and_the_exact_content_type() {
    WebSocketContext ws = context("OPEN\r\n");
    ws.accept("chat");
    ws.accept();
    ws.send("hi");

    assertThat(ws.isOpening()).isTrue();
    assertThat(ws.connectionId()).isEqualTo("c1");
    assertThat(ws.response().status()).isEqualTo(200);
    assertThat(ws.response().headers())
        .containsExactly(
            Map.entry("Content-Type", "application/websocket-events"),
            Map.entry("Sec-WebSocket-Extensions", "grip"),
            Map.entry("Sec-WebSocket-Protocol", "chat"));
    assertThat(body(ws)).isEqualTo("OPEN\r\nTEXT 4\r\nm:hi\r\n");
  }

  @Test
  void an_opening_is_rejected_unless_accepted() {
    assertThat(context("OPEN\r\n").response().status()).isEqualTo(403);
    WebSocketContext ws = context("OPEN\r\n");
    ws.reject(401, "who?");
    assertThat(ws.response().status()).isEqualTo(401);
    assertThat(body(ws)).isEqualTo("who?");
    assertThatThrownBy(() -> context("OPEN\r\n").send("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not accepted");
    assertThatThrownBy(() -> context("TEXT\r\n").accept()).hasMessageContaining("open already");
    assertThatThrownBy(() -> context("OPEN\r\n").reject(200, ""))
        .hasMessageContaining("status 200");
  }

  @Test
  void receives_messages_and_answers_pings() {
    WebSocketContext ws = context("TEXT 2\r\né\r\nPING 1\r\n7\r\nPONG\r\nBINARY\r\nDISCONNECT\r\n");

    assertThat(ws.receive()).isEqualTo(new WebSocketMessage.Text("é"));
    assertThat(ws.receive()).isEqualTo(new WebSocketMessage.Binary(new byte[0]));
    assertThat(ws.receive()).isEqualTo(new WebSocketMessage.Disconnected());
    assertThat(ws.receive()).isNull();
    assertThat(body(ws)).isEqualTo("PONG 1\r\n7\r\n");
  }

  @Test
  void a_close_is_echoed_even_if_it_is_not_read() {
    assertThat(body(context("CLOSE 5\r\n\u0003\u0001bye\r\n")))
        .isEqualTo("CLOSE 5\r\n\u0003\u0001bye\r\n");
    assertThat(context("CLOSE 5\r\n\u0003\u0001bye\r\n").receive())
        .isEqualTo(new WebSocketMessage.Closed(0x301, "bye"));
    assertThat(context("CLOSE\r\n").receive()).isEqualTo(new WebSocketMessage.Closed(null, ""));
  }

  /** RFC 6455, 8.1 and 7.4.1. Not an exception: that would be an error of the application's. */
  @Test
  void an_invalid_message_of_a_client_closes_the_connection() {
    assertBroken(WebSocketEvent.Type.TEXT, new byte[] {-1}, 1007, "a text message is not UTF-8");
    assertBroken(WebSocketEvent.Type.CLOSE, new byte[] {3}, 1002, "too short for a code");
    assertBroken(
        WebSocketEvent.Type.CLOSE, new byte[] {3, -24, -1}, 1007, "a close reason is not UTF-8");
  }

  private static void assertBroken(
      WebSocketEvent.Type type, byte[] content, int code, String reason) {
    var events = List.of(
        new WebSocketEvent(type, content),
        new WebSocketEvent(WebSocketEvent.Type.TEXT, new byte[] {'x'}));
    WebSocketContext ws = WebSocketContext.read(
        name -> HEADERS.getOrDefault(name, List.of()),
        WebSocketEvents.encode(events),
        GripPrefix.NONE);

    assertThat(ws.receive()).isInstanceOfSatisfying(WebSocketMessage.Closed.class, closed -> {
      assertThat(closed.code()).isEqualTo(code);
      assertThat(closed.reason()).contains(reason);
    });
    assertThat(ws.receive()).isNull();
    assertThatThrownBy(() -> ws.send("x")).hasMessageContaining("closed");
    assertThat(WebSocketEvents.decode(ws.response().body())).singleElement().satisfies(event -> {
      assertThat(event.type()).isEqualTo(WebSocketEvent.Type.CLOSE);
      assertThat(event.bytes()).startsWith(code >> 8, code & 0xff);
    });
  }

  @Test
  void closes_without_or_with_a_code() {
    WebSocketContext ws = context("");
    ws.close();
    assertThat(body(ws)).isEqualTo("CLOSE\r\n");
    assertThatThrownBy(() -> ws.send("x")).hasMessageContaining("closed");
    WebSocketContext other = context("");
    other.close(1001, "é");
    assertThat(WebSocketEvents.decode(other.response().body()))
        .containsExactly(new WebSocketEvent(
            WebSocketEvent.Type.CLOSE, new byte[] {3, (byte) 0xe9, (byte) 0xc3, (byte) 0xa9}));
    assertThatThrownBy(() -> context("").close(1006, "")).hasMessageContaining("1006");
    assertThatThrownBy(() -> context("").close(1000, "x".repeat(124)))
        .hasMessageContaining("at most 123 bytes, this one 124");
  }

  @Test
  void controls_the_proxy() {
    WebSocketContext ws = context("");
    ws.subscribe("a\"b", "skip-self");
    ws.unsubscribe("a");
    ws.setMeta("user", "Zoë");
    ws.setMeta("user", null);
    ws.keepAlive(KeepAlive.of("ping", Duration.ofSeconds(30)));
    ws.keepAlive(null);
    ws.detach();

    assertThat(WebSocketEvents.decode(ws.response().body()))
        .extracting(event -> new String(event.bytes(), StandardCharsets.UTF_8))
        .containsExactly(
            "c:{\"type\":\"subscribe\",\"channel\":\"p-a\\\"b\",\"filters\":[\"skip-self\"]}",
            "c:{\"type\":\"unsubscribe\",\"channel\":\"p-a\"}",
            "c:{\"type\":\"set-meta\",\"name\":\"user\",\"value\":\"Zoë\"}",
            "c:{\"type\":\"set-meta\",\"name\":\"user\"}",
            "c:{\"type\":\"keep-alive\",\"content\":\"ping\",\"message-type\":\"text\",\"timeout\":30,\"mode\":\"idle\"}",
            "c:{\"type\":\"keep-alive\"}",
            "c:{\"type\":\"detach\"}");
  }

  @Test
  void remembers_values_at_the_proxy() {
    WebSocketContext ws = context("");
    ws.setConnectionMeta("User", "ann");
    ws.setConnectionMeta("Room", null);
    ws.askEvery(Duration.ofSeconds(30));

    assertThat(ws.connectionMeta("User")).isEqualTo("ann");
    assertThat(ws.connectionMeta("Room")).isNull();
    assertThat(ws.response().headers())
        .contains(
            Map.entry("Set-Meta-User", "ann"),
            Map.entry("Set-Meta-Room", ""),
            Map.entry("Keep-Alive-Interval", "30"));
    assertThatThrownBy(() -> ws.setConnectionMeta("a", "é")).hasMessageContaining("ASCII");
    assertThatThrownBy(() -> ws.askEvery(Duration.ofSeconds(5))).hasMessageContaining("PT5S");
  }

  @Test
  void refuses_values_that_cannot_be_sent_or_read() {
    assertThatThrownBy(() -> context("").send("x".repeat(32_001)))
        .hasMessage("a message has 32001 bytes, more than the 32000 that pass; publish it instead");
    assertThatThrownBy(() -> context("").send("\ud800")).hasMessageContaining("half a surrogate");
    assertThatThrownBy(() -> context("TEXT 5\r\nx\r\n")).hasMessageContaining("malformed");
    HeaderSource nameless =
        name -> name.equals("Connection-Id") ? List.of() : HEADERS.getOrDefault(name, List.of());
    assertThatThrownBy(() -> WebSocketContext.read(nameless, new byte[0], GripPrefix.NONE))
        .hasMessageContaining("needs one Connection-Id");
  }

  /**
   * Pushpin keeps clients from posting events, but compares the first content type only, up to its
   * first semicolon, as it is written. What it lets through must not pass here.
   */
  @Test
  void only_one_content_type_that_is_exactly_equal_brings_events() {
    assertThat(isFor("application/websocket-events")).isTrue();

    assertThat(isFor()).isFalse();
    assertThat(isFor("text/plain")).isFalse();
    assertThat(isFor("Application/WebSocket-Events")).isFalse();
    assertThat(isFor("application/websocket-events;x")).isFalse();
    assertThat(isFor("application/websocket-events ;x")).isFalse();
    assertThat(isFor("application/websocket-events; charset=utf-8")).isFalse();
    assertThat(isFor("application/websocket-events ")).isFalse();
    assertThat(isFor("text/plain, application/websocket-events")).isFalse();
    assertThat(isFor("text/plain", "application/websocket-events")).isFalse();
    assertThat(isFor("application/websocket-events", "application/websocket-events"))
        .isFalse();
  }

  private static boolean isFor(String... types) {
    return WebSocketContext.isFor(name -> name.equals("Content-Type") ? List.of(types) : List.of());
  }

  @Test
  void a_request_of_another_content_type_is_not_read() {
    HeaderSource headers = name -> name.equals("Content-Type")
        ? List.of("Application/WebSocket-Events")
        : HEADERS.getOrDefault(name, List.of());

    assertThatThrownBy(() -> WebSocketContext.read(headers, new byte[0], GripPrefix.NONE))
        .hasMessage("a WebSocket-over-HTTP request needs one Content-Type, exactly"
            + " application/websocket-events");
  }

  private static final MetaKey KEY = MetaKey.of("0123456789abcdef");

  /** As a proxy does: remembers what an answer sets, and sends it with the next request. */
  private static HeaderSource remembering(WebSocketContext.Response answer, String connectionId) {
    return name -> switch (name.toLowerCase(Locale.ROOT)) {
      case "connection-id" -> List.of(connectionId);
      case "content-type" -> List.of(WebSocketEvents.CONTENT_TYPE);
      default ->
        answer.headers().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("Set-" + name))
            .map(Map.Entry::getValue)
            .toList();
    };
  }

  private static WebSocketContext read(HeaderSource headers, MetaKey key) {
    return WebSocketContext.read(headers, new byte[0], GripPrefix.NONE, key);
  }

  @Test
  void signed_meta_is_known_again_on_its_connection_only() {
    HeaderSource nothing =
        remembering(new WebSocketContext.Response(200, List.of(), new byte[0]), "c1");
    WebSocketContext ws = read(nothing, KEY);
    ws.setConnectionMeta("User", " ann. b ");
    ws.setConnectionMeta("Gone", null);
    WebSocketContext.Response answer = ws.response();

    assertThat(answer.headers())
        .contains(Map.entry("Set-Meta-Gone", ""))
        .noneMatch(header -> header.getValue().equals("ann. b"));
    assertThat(read(remembering(answer, "c1"), KEY).connectionMeta("user")).isEqualTo("ann. b");
    assertThat(read(remembering(answer, "c2"), KEY).connectionMeta("User")).isNull();
    assertThat(
            read(remembering(answer, "c1"), MetaKey.of("another secret!!")).connectionMeta("User"))
        .isNull();
  }

  @Test
  void meta_that_was_not_signed_so_is_unknown() {
    String sealed = KEY.seal("c1", "User", "ann");

    assertThat(forged("User", "ann")).isNull();
    assertThat(forged("User", ".ann")).isNull();
    assertThat(forged("User", sealed.replace("ann", "bob"))).isNull();
    assertThat(forged("Role", sealed)).isNull();
    assertThat(forged("User", sealed, sealed)).isNull();
    assertThat(forged("User", sealed)).isEqualTo("ann");
    assertThatThrownBy(() -> MetaKey.of("fifteen bytes.."))
        .hasMessage("the secret has 15 bytes; at least 16 are needed");
  }

  private static @Nullable String forged(String name, String... values) {
    HeaderSource headers = header ->
        header.equals("Meta-" + name) ? List.of(values) : HEADERS.getOrDefault(header, List.of());
    return read(headers, KEY).connectionMeta(name);
  }
}
