package io.gripstream.grip.testkit;

import io.gripstream.grip.websocket.WebSocketEvent;
import io.gripstream.grip.websocket.WebSocketEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A WebSocket client and the proxy in front of the origin in one. Messages go to the origin as
 * requests with events; the origin's answers and published items come back as messages. Opened by
 * {@link FakeProxy#openWebSocket}. Each call returns when the origin has answered.
 */
public final class FakeWebSocket implements Subscriber, AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String PREFIX = "m:";
  private static final String CONTROL = "c:";

  private final FakeOrigin origin;
  private final FakeSessions sessions;
  private final String target;
  private final List<Map.Entry<String, String>> headers = new ArrayList<>();
  private final Map<String, String> connectionMeta = new LinkedHashMap<>();
  private final Map<String, List<String>> channels = new ConcurrentHashMap<>();
  private final Map<String, String> meta = new ConcurrentHashMap<>();
  private final BlockingQueue<WebSocketEvent> received = new LinkedBlockingQueue<>();
  private final ReentrantLock oneRequestAtATime = new ReentrantLock();
  private int status;
  private String rejection = "";
  private boolean isGrip;
  private volatile boolean isOpen;

  FakeWebSocket(
      FakeOrigin origin,
      FakeSessions sessions,
      String target,
      List<Map.Entry<String, String>> headers) {
    this.origin = origin;
    this.sessions = sessions;
    this.target = target;
    this.headers.addAll(headers);
    String id = UUID.randomUUID().toString();
    this.headers.add(Map.entry("Connection-Id", id));
    this.headers.add(Map.entry("Sec-WebSocket-Extensions", "grip"));
    this.headers.add(Map.entry("Accept", WebSocketEvents.CONTENT_TYPE));
    this.headers.add(Map.entry("Content-Type", WebSocketEvents.CONTENT_TYPE));
    sessions.add(this);
    exchange(WebSocketEvent.of(WebSocketEvent.Type.OPEN));
  }

  /** 101 if the origin accepted the handshake, else the status of its rejection. */
  public int status() {
    return status;
  }

  /** The body of the origin's rejection. */
  public String rejection() {
    return rejection;
  }

  /** Returns whether neither side has closed or rejected it. */
  public boolean isOpen() {
    return isOpen;
  }

  /** Sends a text message; an empty one without a length, as Pushpin does. */
  public void send(String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    exchange(
        content.length == 0
            ? WebSocketEvent.of(WebSocketEvent.Type.TEXT)
            : new WebSocketEvent(WebSocketEvent.Type.TEXT, content));
  }

  /** Sends a binary message. */
  public void send(byte[] content) {
    exchange(new WebSocketEvent(WebSocketEvent.Type.BINARY, content));
  }

  /** Sends any events in one request. */
  public void send(WebSocketEvent... events) {
    exchange(events);
  }

  /** Closes as a browser does, with a code of RFC 6455, 7.4. */
  public void close(int code) {
    exchange(new WebSocketEvent(
        WebSocketEvent.Type.CLOSE, new byte[] {(byte) (code >> 8), (byte) code}));
  }

  /** Vanishes without a close. */
  @Override
  public void close() {
    if (isOpen) {
      exchange(WebSocketEvent.of(WebSocketEvent.Type.DISCONNECT));
    }
    end();
  }

  /**
   * Waits up to 10 s for the next text message.
   *
   * @throws AssertionError if none arrives, or another kind
   */
  public String takeText() {
    WebSocketEvent event = take();
    if (event.type() != WebSocketEvent.Type.TEXT) {
      throw new AssertionError("expected a text message, got " + event);
    }
    return new String(event.bytes(), StandardCharsets.UTF_8);
  }

  /**
   * Waits up to 10 s for the next message, ping, pong or close.
   *
   * @throws AssertionError if none arrives
   */
  public WebSocketEvent take() {
    try {
      WebSocketEvent event = received.poll(10, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no message came within 10 s");
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a message", e);
    }
  }

  private void exchange(WebSocketEvent... events) {
    oneRequestAtATime.lock();
    try {
      var all = new ArrayList<>(headers);
      connectionMeta.forEach((name, value) -> all.add(Map.entry("Meta-" + name, value)));
      boolean first = status == 0;
      FakeOrigin.Raw answer =
          origin.send("POST", target, all, WebSocketEvents.encode(List.of(events)), List.of());
      // The whole type counts: Pushpin does not accept a parameter behind it.
      boolean good = answer.status() == 200
          && WebSocketEvents.CONTENT_TYPE.equals(answer.headers().get("Content-Type"));
      List<WebSocketEvent> replies = good ? WebSocketEvents.decode(answer.body()) : List.of();
      if (first) {
        boolean accepted = !replies.isEmpty() && replies.get(0).type() == WebSocketEvent.Type.OPEN;
        status = accepted ? 101 : good ? 502 : answer.status();
        isOpen = accepted;
        String extensions = String.valueOf(answer.headers().get("Sec-WebSocket-Extensions"));
        isGrip = extensions.startsWith("grip");
        rejection = good ? "" : new String(answer.body(), StandardCharsets.UTF_8);
      } else if (!good) {
        end();
      }
      remember(answer);
      replies.forEach(this::reply);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      oneRequestAtATime.unlock();
    }
  }

  private void remember(FakeOrigin.Raw answer) {
    Set<String> names = answer.headers().names();
    for (String name : names) {
      if (name.regionMatches(true, 0, "Set-Meta-", 0, 9)) {
        String value = String.valueOf(answer.headers().get(name));
        connectionMeta.put(name.substring(9), value);
        connectionMeta.values().removeIf(String::isEmpty);
      }
    }
  }

  private void reply(WebSocketEvent event) {
    switch (event.type()) {
      case OPEN -> {}
      case TEXT, BINARY -> message(event);
      case PING, PONG -> received.add(event);
      case CLOSE -> {
        received.add(event);
        end();
      }
      case DISCONNECT -> end();
    }
  }

  private void message(WebSocketEvent event) {
    String text = new String(event.bytes(), StandardCharsets.UTF_8);
    if (!isGrip) {
      received.add(event);
    } else if (text.startsWith(PREFIX)) {
      byte[] content = event.bytes();
      received.add(
          new WebSocketEvent(event.type(), Arrays.copyOfRange(content, 2, content.length)));
    } else if (text.startsWith(CONTROL) && event.type() == WebSocketEvent.Type.TEXT) {
      control(JSON.readTree(text.substring(CONTROL.length())));
    }
  }

  private void control(JsonNode message) {
    String channel = message.path("channel").stringValue("");
    String name = message.path("name").stringValue("");
    switch (message.path("type").stringValue("")) {
      case "subscribe" -> {
        var filters = new ArrayList<String>();
        message.path("filters").forEach(filter -> filters.add(filter.stringValue()));
        channels.put(channel, filters);
        sessions.signal();
      }
      case "unsubscribe" -> {
        channels.remove(channel);
        sessions.signal();
      }
      case "set-meta" -> {
        meta.put(name, message.path("value").stringValue(""));
        meta.values().removeIf(String::isEmpty);
      }
      default -> {}
    }
  }

  @Override
  public boolean holds(String channel) {
    return isOpen && channels.containsKey(channel);
  }

  @Override
  public void offer(FakeItem item) {
    JsonNode format = item.format("ws-message");
    if (!holds(item.channel()) || format == null || dropped(item)) {
      return;
    }
    if (format.path("action").stringValue("").equals("close")) {
      int code = format.path("code").intValue(1000);
      byte[] reason = FakeItem.bytes(format, "reason");
      received.add(new WebSocketEvent(
          WebSocketEvent.Type.CLOSE,
          ByteBuffer.allocate(2 + reason.length)
              .putShort((short) code)
              .put(reason)
              .array()));
      end();
      return;
    }
    String type = format.path("type").stringValue(format.has("content-bin") ? "binary" : "text");
    received.add(new WebSocketEvent(
        WebSocketEvent.Type.valueOf(type.toUpperCase(Locale.ROOT)),
        FakeItem.bytes(format, "content")));
  }

  private boolean dropped(FakeItem item) {
    List<String> filters = channels.getOrDefault(item.channel(), List.of());
    return FakeFilters.drops(item, filters, meta, List.copyOf(channels.keySet()));
  }

  @Override
  public void refresh() {
    // Only streams and held responses ask.
  }

  @Override
  public void end() {
    isOpen = false;
    sessions.remove(this);
  }
}
