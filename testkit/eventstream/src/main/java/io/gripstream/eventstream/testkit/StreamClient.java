package io.gripstream.eventstream.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A plain HTTP/1.1 client of one stream that records everything it gets, byte for byte. It never
 * reconnects. {@code stream-open} and keep-alives are events like others; methods that pass over
 * keep-alives say so. Expectations wait up to {@link #patience}. Use it in one thread at a time.
 */
public final class StreamClient implements AutoCloseable {
  private static final StreamEvent END = new StreamEvent("", null, "");

  private final Socket socket;
  private final Duration patience;
  private final Thread reader;
  private final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final List<StreamEvent> seen = new ArrayList<>();
  private int status;
  private Map<String, String> headers = Map.of();
  private volatile @Nullable String lastId;
  private volatile boolean isEnded;

  private StreamClient(Socket socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
    this.reader = new Thread(this::readEvents, "stream-client");
    this.reader.setDaemon(true);
  }

  /** Begins to read a URL, without further headers, from now on. */
  public static StreamClient open(URI uri) {
    return open(uri, Map.of());
  }

  /**
   * Continues where an earlier stream stopped, as a browser does by {@code Last-Event-ID}.
   *
   * @param lastEventId null: from now on
   */
  public static StreamClient resume(URI uri, @Nullable String lastEventId) {
    return open(uri, lastEventId == null ? Map.of() : Map.of("Last-Event-ID", lastEventId));
  }

  /**
   * Opens a stream with these request headers. Returns when the head of the response has arrived.
   */
  public static StreamClient open(URI uri, Map<String, String> requestHeaders) {
    return request("GET", uri, requestHeaders);
  }

  /** Sends a request, usually to see a refusal. */
  public static StreamClient request(String method, URI uri, Map<String, String> requestHeaders) {
    return request(method, uri, requestHeaders, new byte[0]);
  }

  /** Sends a request with a body; the headers must contain its length. */
  public static StreamClient request(
      String method, URI uri, Map<String, String> requestHeaders, byte[] requestBody) {
    StreamClient client = new StreamClient(new Socket(), Duration.ofSeconds(30));
    try {
      client.ask(method, uri, requestHeaders, requestBody);
      return client;
    } catch (IOException e) {
      client.close();
      throw new UncheckedIOException(method + " " + uri, e);
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private void ask(String method, URI uri, Map<String, String> requestHeaders, byte[] requestBody)
      throws IOException {
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), (int) patience.toMillis());
    socket.setSoTimeout((int) patience.toMillis());
    String path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    Map<String, String> all =
        new LinkedHashMap<>(Map.of("Host", uri.getHost() + ":" + uri.getPort()));
    all.putAll(requestHeaders);
    all.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
    try {
      OutputStream out = socket.getOutputStream();
      out.write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
      out.write(requestBody);
    } catch (SocketException refused) {
      // A server may answer and close before it has read all. Without an answer, reading fails.
    }
    readHead();
    if (method.equals("HEAD") || status == 204 || status == 304) {
      ended();
    } else {
      reader.start();
    }
  }

  /** The HTTP status of the answer. */
  public int status() {
    return status;
  }

  /** All headers of the response, by lower-case name; several values are joined. */
  public Map<String, String> headers() {
    return Collections.unmodifiableMap(headers);
  }

  /** @return the header's value, several joined by commas; null: none */
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  /** The id with which a browser would resume; null: none yet. */
  public @Nullable String lastId() {
    return lastId;
  }

  /** The body so far, without chunk marks. */
  public byte[] body() {
    synchronized (body) {
      return body.toByteArray();
    }
  }

  /** The events returned so far. */
  public List<StreamEvent> seen() {
    return List.copyOf(seen);
  }

  /** Returns the next event that is not a keep-alive, within {@link #patience}. */
  public StreamEvent next() {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      StreamEvent event = poll(deadline - System.nanoTime());
      if (event == null) {
        throw new AssertionError("no other event within " + patience + " after " + seen);
      }
      assertThat(event)
          .as("the stream (%d, %s) ended after %s%s", status, headers, seen, refusal())
          .isNotSameAs(END);
      if (!event.type().equals("keep-alive")) {
        seen.add(event);
        return event;
      }
    }
  }

  /** Describes a response that is not a stream. */
  private String refusal() {
    return status == 200 ? "" : ": " + new String(body(), StandardCharsets.UTF_8);
  }

  /** Waits for the first event, which must be {@code stream-open}. */
  public StreamClient expectOpen() {
    assertThat(next().type()).isEqualTo("stream-open");
    return this;
  }

  /** Expects an event with this data next. */
  public StreamEvent expectEvent(String data) {
    StreamEvent event = next();
    assertThat(event.data()).as("data of %s after %s", event, seen).isEqualTo(data);
    return event;
  }

  /** Expects events with these data, in order. */
  public StreamClient expectEvents(List<String> data) {
    data.forEach(this::expectEvent);
    return this;
  }

  /** Expects {@code stream-reset} next. */
  public StreamEvent expectReset() {
    StreamEvent event = next();
    assertThat(event.type()).isEqualTo("stream-reset");
    return event;
  }

  /** Expects {@code stream-error} next. */
  public StreamEvent expectError(String condition) {
    StreamEvent event = next();
    assertThat(event.type()).as("type of %s", event).isEqualTo("stream-error");
    assertThat(event.data()).contains("\"condition\":\"" + condition + "\"");
    return event;
  }

  /** Expects that only keep-alives arrive during this time, and that the stream goes on. */
  public StreamClient expectNothing(Duration quiet) {
    long deadline = System.nanoTime() + quiet.toNanos();
    StreamEvent event = poll(deadline - System.nanoTime());
    while (event != null && event.type().equals("keep-alive")) {
      event = poll(deadline - System.nanoTime());
    }
    assertThat(event).as("event where none was expected, after %s", seen).isNull();
    return this;
  }

  /** Expects the end of the stream, with only keep-alives before it. */
  public StreamClient expectEnd() {
    long deadline = System.nanoTime() + patience.toNanos();
    StreamEvent event = poll(deadline - System.nanoTime());
    while (event != null && event.type().equals("keep-alive")) {
      event = poll(deadline - System.nanoTime());
    }
    assertThat(event).as("end of the stream after %s", seen).isSameAs(END);
    return this;
  }

  /** Waits this time for the end of the stream, passing over events. Returns whether it ended. */
  public boolean endsWithin(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    StreamEvent event = poll(deadline - System.nanoTime());
    while (event != null && !event.equals(END)) {
      event = poll(deadline - System.nanoTime());
    }
    return END.equals(event);
  }

  /** Returns whether the stream has ended, on either side. Does not wait. */
  public boolean isEnded() {
    return isEnded;
  }

  /** Cuts the connection. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // The connection is gone anyway.
    }
  }

  private @Nullable StreamEvent poll(long nanos) {
    try {
      return events.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for an event, after " + seen, e);
    }
  }

  private void readHead() throws IOException {
    InputStream in = socket.getInputStream();
    String[] statusLine = line(in).split(" ", 3);
    status = Integer.parseInt(statusLine[1]);
    Map<String, String> read = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      read.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (a, b) -> a + ", " + b);
    }
    headers = read;
    socket.setSoTimeout(0);
  }

  private void readEvents() {
    try {
      InputStream in = socket.getInputStream();
      StringBuilder type = new StringBuilder();
      @Nullable String[] id = {null};
      List<String> data = new ArrayList<>();
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      BodyReader bytes = new BodyReader(in, headers);
      for (int b = bytes.read(); b >= 0; b = bytes.read()) {
        synchronized (body) {
          body.write(b);
        }
        if (b != '\n') {
          line.write(b);
          continue;
        }
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
          if (id[0] != null) {
            lastId = id[0];
          }
          if (!data.isEmpty()) {
            events.add(new StreamEvent(
                type.isEmpty() ? "message" : type.toString(), id[0], String.join("\n", data)));
          }
          type.setLength(0);
          id[0] = null;
          data.clear();
        } else if (!text.startsWith(":")) {
          int colon = text.indexOf(':');
          String field = colon < 0 ? text : text.substring(0, colon);
          String value = colon < 0 ? "" : text.substring(colon + 1);
          value = value.startsWith(" ") ? value.substring(1) : value;
          switch (field) {
            case "event" -> type.replace(0, type.length(), value);
            case "id" -> id[0] = value.indexOf('\0') < 0 ? value : id[0];
            case "data" -> data.add(value);
            default -> {
              // The standard says: ignore it.
            }
          }
        }
      }
    } catch (IOException ignored) {
      // A cut connection ends the recording like a clean end.
    } finally {
      ended();
    }
  }

  private void ended() {
    isEnded = true;
    events.add(END);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the connection ended after \"" + line + "\"");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  /** The bytes of a body, whether chunked, counted, or up to the connection's end. */
  private static final class BodyReader {
    private final InputStream in;
    private final boolean isChunked;
    private long left;

    BodyReader(InputStream in, Map<String, String> headers) throws IOException {
      this.in = new BufferedInputStream(in, 65_536);
      this.isChunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
      String length = headers.get("content-length");
      this.left = isChunked ? 0 : length == null ? Long.MAX_VALUE : Long.parseLong(length);
    }

    int read() throws IOException {
      if (left == 0) {
        if (!isChunked) {
          return -1;
        }
        left = Long.parseLong(line(in), 16);
        if (left == 0) {
          return -1;
        }
      }
      int b = in.read();
      left--;
      if (isChunked && left == 0) {
        line(in);
      }
      return b;
    }
  }
}
