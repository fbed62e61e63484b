package io.gripstream.grip.websocket;

import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.HeaderSource;
import io.gripstream.grip.KeepAlive;
import io.gripstream.grip.internal.WireText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request of a WebSocket-over-HTTP connection: the client's messages, and the answer. Use it in
 * one thread at a time.
 *
 * <p>Read all messages with {@link #receive()}, answer with the other methods, then send
 * {@link #response()}. Pings and a close are answered automatically.
 *
 * <pre>{@code
 * if (ws.isOpening()) {
 *   ws.accept();
 *   ws.subscribe("room");
 * }
 * for (WebSocketMessage m = ws.receive(); m != null; m = ws.receive()) {
 *   if (m instanceof WebSocketMessage.Text text) {
 *     ws.send(text.text());
 *   }
 * }
 * }</pre>
 */
public final class WebSocketContext {

  /**
   * Maximum size of a message of {@link #send}, in bytes. Pushpin up to 1.37 never delivers a
   * message above about 32 kB, nor anything after it. Publish larger ones to a channel of the
   * connection.
   */
  public static final int MAX_MESSAGE_BYTES = 32_000;

  private static final int MIN_INTERVAL_SECONDS = 20;

  /**
   * The answer to the proxy.
   *
   * @param headers to be sent as they are; the content type must not get a parameter
   */
  public record Response(int status, List<Map.Entry<String, String>> headers, byte[] body) {
    public Response {
      headers = List.copyOf(headers);
      body = body.clone();
    }

    @Override
    public byte[] body() {
      return body.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Response that
          && status == that.status
          && headers.equals(that.headers)
          && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
      return 31 * headers.hashCode() + Arrays.hashCode(body) + status;
    }
  }

  private final String connectionId;
  private final HeaderSource requestHeaders;
  private final GripPrefix prefix;
  private final MetaKey metaKey;
  private final Deque<WebSocketEvent> incoming;
  private final boolean isOpening;
  private final List<WebSocketEvent> outgoing = new ArrayList<>();
  private final List<Map.Entry<String, String>> headers = new ArrayList<>();

  private boolean isAccepted;
  private boolean isClosed;
  private @Nullable Response rejection;

  private WebSocketContext(
      String connectionId,
      HeaderSource requestHeaders,
      GripPrefix prefix,
      MetaKey metaKey,
      List<WebSocketEvent> events) {
    this.connectionId = connectionId;
    this.requestHeaders = requestHeaders;
    this.prefix = prefix;
    this.metaKey = metaKey;
    this.incoming = new ArrayDeque<>(events);
    this.isOpening = !events.isEmpty() && events.get(0).type() == WebSocketEvent.Type.OPEN;
    if (isOpening) {
      incoming.removeFirst();
    }
  }

  /** Reads a request without {@link MetaKey}: its connection meta is trusted as it arrives. */
  public static WebSocketContext read(HeaderSource headers, byte[] body, GripPrefix prefix) {
    return read(headers, body, prefix, MetaKey.NONE);
  }

  /**
   * Reads a request. Check first that it is {@linkplain io.gripstream.grip.GripRequest#isSigned()
   * signed}: any client can post events to an origin.
   *
   * @param prefix in front of the channels of {@link #subscribe}
   * @param metaKey signs and checks connection meta
   * @throws IllegalArgumentException if {@link #isFor} is false, there is no {@code Connection-Id}
   *     or the body is malformed
   */
  public static WebSocketContext read(
      HeaderSource headers, byte[] body, GripPrefix prefix, MetaKey metaKey) {
    if (!isFor(headers)) {
      throw new IllegalArgumentException(
          "a WebSocket-over-HTTP request needs one Content-Type, exactly "
              + WebSocketEvents.CONTENT_TYPE);
    }
    List<String> ids = headers.values("Connection-Id");
    if (ids.size() != 1 || ids.get(0).isBlank()) {
      throw new IllegalArgumentException(
          "a WebSocket-over-HTTP request needs one Connection-Id, this one has " + ids.size());
    }
    return new WebSocketContext(ids.get(0), headers, prefix, metaKey, WebSocketEvents.decode(body));
  }

  /**
   * Returns whether a request with these headers brings WebSocket events: it has one
   * {@code Content-Type}, exactly {@link WebSocketEvents#CONTENT_TYPE}, as a proxy sends it.
   * Proxies refuse clients' posts of that type. But they sign and forward one that differs in case,
   * by a parameter, or by another type before it.
   */
  public static boolean isFor(HeaderSource headers) {
    return headers.values("Content-Type").equals(List.of(WebSocketEvents.CONTENT_TYPE));
  }

  /** The id of the connection, the same in all its requests. */
  public String connectionId() {
    return connectionId;
  }

  /**
   * Returns whether the client opens the WebSocket with this request: {@link #accept} or
   * {@link #reject} it.
   */
  public boolean isOpening() {
    return isOpening;
  }

  /**
   * Returns the value that {@link #setConnectionMeta} set in an earlier request, or null. With a
   * {@link MetaKey}, a value that this application did not set for this connection is also null. A
   * client that gets past the proxy can leave values out, so let a missing value mean the fewest
   * rights.
   */
  public @Nullable String connectionMeta(String name) {
    List<String> values = requestHeaders.values("Meta-" + WireText.requireToken("meta", name));
    return values.size() == 1 ? metaKey.open(connectionId, name, values.get(0)) : null;
  }

  /** Accepts the handshake. Needed before anything is sent in the first response. */
  public void accept() {
    requireOpening("accept");
    if (isAccepted) {
      return;
    }
    isAccepted = true;
    outgoing.add(0, WebSocketEvent.of(WebSocketEvent.Type.OPEN));
    headers.add(Map.entry("Sec-WebSocket-Extensions", "grip"));
  }

  /**
   * Accepts the WebSocket with one of the sub-protocols that the client offers in
   * {@code Sec-WebSocket-Protocol}.
   */
  public void accept(String subprotocol) {
    accept();
    headers.add(
        Map.entry("Sec-WebSocket-Protocol", WireText.requireToken("sub-protocol", subprotocol)));
  }

  /** Refuses the handshake with an HTTP status, such as 403, and this text. */
  public void reject(int status, String text) {
    requireOpening("reject");
    if (status < 300 || status > 599) {
      throw new IllegalArgumentException("status " + status + " is not from 300 to 599");
    }
    rejection = new Response(
        status,
        List.of(Map.entry("Content-Type", "text/plain; charset=utf-8")),
        text.getBytes(StandardCharsets.UTF_8));
  }

  private void requireOpening(String what) {
    if (!isOpening) {
      throw new IllegalStateException("cannot " + what + ": the WebSocket is open already");
    }
  }

  /**
   * Returns the client's next message, or null if this request has no more. A message that breaks
   * RFC 6455 (text or a reason that is not UTF-8, a close of one byte) closes the connection with
   * 1007 or 1002; {@link WebSocketMessage.Closed} has that code.
   */
  public @Nullable WebSocketMessage receive() {
    for (WebSocketEvent event = incoming.poll(); event != null; event = incoming.poll()) {
      switch (event.type()) {
        case TEXT, BINARY -> {
          return read(event);
        }
        case CLOSE -> {
          WebSocketMessage message = read(event);
          if (!isClosed) {
            outgoing.add(event);
            isClosed = true;
          }
          return message;
        }
        case DISCONNECT -> {
          isClosed = true;
          return new WebSocketMessage.Disconnected();
        }
        case PING -> outgoing.add(new WebSocketEvent(WebSocketEvent.Type.PONG, event.content()));
        case PONG, OPEN -> {
          // Nothing to do.
        }
      }
    }
    return null;
  }

  private WebSocketMessage read(WebSocketEvent event) {
    try {
      return ClientMessages.of(event);
    } catch (ClientMessages.Malformed e) {
      if (!isClosed) {
        outgoing.add(OutgoingEvents.close(e.code(), String.valueOf(e.getMessage())));
        isClosed = true;
      }
      incoming.clear();
      return new WebSocketMessage.Closed(e.code(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Sends a text message to the client.
   *
   * @throws IllegalArgumentException above {@link #MAX_MESSAGE_BYTES}
   * @throws IllegalStateException if the WebSocket is not accepted, or closed
   */
  public void send(String text) {
    byte[] content = WireText.requireUnicode("message", text).getBytes(StandardCharsets.UTF_8);
    send(WebSocketEvent.Type.TEXT, content);
  }

  /** Sends a binary message to the client; limits and errors as of {@link #send(String)}. */
  public void send(byte[] content) {
    send(WebSocketEvent.Type.BINARY, content);
  }

  private void send(WebSocketEvent.Type type, byte[] content) {
    if (content.length > MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "a message has %d bytes, more than the %d that pass; publish it instead"
              .formatted(content.length, MAX_MESSAGE_BYTES));
    }
    add(OutgoingEvents.message(type, content));
  }

  private void add(WebSocketEvent event) {
    if (isOpening && !isAccepted) {
      throw new IllegalStateException("the WebSocket is not accepted: call accept() first");
    }
    if (isClosed) {
      throw new IllegalStateException("the WebSocket is closed");
    }
    outgoing.add(event);
  }

  /** Closes without a code. The client sees 1000 (Pushpin) or 1005. */
  public void close() {
    add(WebSocketEvent.of(WebSocketEvent.Type.CLOSE));
    isClosed = true;
  }

  /**
   * Closes with a code (RFC 6455: 1000–1003, 1007–1014, 3000–4999) and a reason of at most 123
   * bytes.
   */
  public void close(int code, String reason) {
    add(OutgoingEvents.close(code, reason));
    isClosed = true;
  }

  /**
   * Subscribes the connection to a channel; at most 20, Pushpin ignores more. The filters
   * {@code skip-self}, {@code skip-users} and {@code var-subst} work on WebSockets.
   */
  public void subscribe(String channel, String... filters) {
    WireText.requireName("channel", channel);
    add(OutgoingEvents.subscribe(prefix.apply(channel), List.of(filters)));
  }

  /** Ends a subscription. */
  public void unsubscribe(String channel) {
    WireText.requireName("channel", channel);
    add(OutgoingEvents.unsubscribe(prefix.apply(channel)));
  }

  /** Sets a value that filters read, such as {@code user}; null removes it. */
  public void setMeta(String name, @Nullable String value) {
    WireText.requireName("meta", name);
    add(OutgoingEvents.setMeta(name, value));
  }

  /** Makes the proxy send a message when the connection is idle; null ends that. */
  public void keepAlive(@Nullable KeepAlive keepAlive) {
    add(OutgoingEvents.keepAlive(keepAlive));
  }

  /**
   * Leaves the connection to the proxy: the client's messages arrive no more, channels continue.
   */
  public void detach() {
    add(OutgoingEvents.detach());
  }

  /**
   * Stores a value at the proxy, which sends it with later requests of this connection
   * ({@link #connectionMeta}); null or an empty value deletes it. Blanks at its ends are lost.
   * Filters do not see it: use {@link #setMeta} for them.
   *
   * @throws IllegalArgumentException if the name is not a token or the value not printable ASCII
   */
  public void setConnectionMeta(String name, @Nullable String value) {
    String text = value == null ? "" : value.strip();
    if (!WireText.isPrintableAscii(text)) {
      throw new IllegalArgumentException(
          "meta %s is \"%s\", but a header carries printable ASCII only"
              .formatted(name, WireText.printable(text)));
    }
    String header = "Set-Meta-" + WireText.requireToken("meta", name);
    headers.add(Map.entry(header, text.isEmpty() ? text : metaKey.seal(connectionId, name, text)));
  }

  /**
   * Makes the proxy send an empty request after this idle time.
   *
   * @param interval whole seconds, at least 20
   */
  public void askEvery(Duration interval) {
    if (interval.getNano() != 0 || interval.getSeconds() < MIN_INTERVAL_SECONDS) {
      throw new IllegalArgumentException(
          "interval is " + interval + ", not whole seconds from " + MIN_INTERVAL_SECONDS);
    }
    headers.add(Map.entry("Keep-Alive-Interval", String.valueOf(interval.toSeconds())));
  }

  /**
   * Returns the answer. Messages that were not received yet are read first, so that pings and a
   * close are answered. An opening that was neither accepted nor rejected is rejected with 403.
   */
  public Response response() {
    if (rejection == null && isOpening && !isAccepted) {
      reject(403, "Forbidden\n");
    }
    if (rejection != null) {
      return rejection;
    }
    while (receive() != null) {
      // The client does not need it any more.
    }
    var all = new ArrayList<Map.Entry<String, String>>();
    all.add(Map.entry("Content-Type", WebSocketEvents.CONTENT_TYPE));
    all.addAll(headers);
    return new Response(200, all, WebSocketEvents.encode(outgoing));
  }
}
