package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that is nothing but a socket, and records every byte. */
final class SocketClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Pattern FIELD = Pattern.compile("(?m)^(event|id|data): ?(.*)$");

  private final Socket socket;
  private final Received received = new Received();
  private boolean isEnded;

  private SocketClient(Socket socket) {
    this.socket = socket;
  }

  /** Sends a GET; the lines are headers. */
  static SocketClient get(int port, String target, String... headers) throws IOException {
    return send(port, 0, "GET " + target + " HTTP/1.1", headers);
  }

  /** A client whose system takes little: it is slow as soon as it does not read. */
  static SocketClient getSlowly(int port, String target, String... headers) throws IOException {
    return send(port, 4_096, "GET " + target + " HTTP/1.1", headers);
  }

  static SocketClient send(int port, int receiveBuffer, String requestLine, String... headers)
      throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    StringBuilder request = new StringBuilder(requestLine + "\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    SocketClient client = new SocketClient(socket);
    client.write(request.append("\r\n").toString());
    return client;
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Reads until the text has come. */
  SocketClient await(String text) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int from = 0;
    while (received.indexOf(text, from) < 0) {
      from = Math.max(0, received.size() - text.length());
      if (!readSome(deadline)) {
        String got = text().replace(" ".repeat(2_048), "…");
        fail(
            "waited for <%s>, got %d bytes, the last: <%s>",
            text, received.size(), got.substring(Math.max(0, got.length() - 2_000)));
      }
    }
    return this;
  }

  /** Reads until this number of bytes has come. */
  SocketClient awaitBytes(int count) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (received.size() < count && readSome(deadline)) {
      // More is to come.
    }
    return this;
  }

  /** Reads until the server ends the connection. */
  SocketClient awaitEnd() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (readSome(deadline)) {
      // More may come.
    }
    assertThat(isEnded).as("ended").isTrue();
    return this;
  }

  /** @return false at the end, or when the deadline has passed */
  private boolean readSome(long deadline) throws IOException {
    byte[] some = new byte[65_536];
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0 || isEnded) {
      return false;
    }
    socket.setSoTimeout((int) left);
    try {
      InputStream in = socket.getInputStream();
      int count = in.read(some);
      isEnded = count < 0;
      if (count > 0) {
        received.write(some, 0, count);
      }
      return count > 0;
    } catch (SocketTimeoutException late) {
      return false;
    }
  }

  /** All that came, as it came. */
  String text() {
    return received.toString(StandardCharsets.UTF_8);
  }

  String head() {
    String text = text();
    int end = text.indexOf("\r\n\r\n");
    return end < 0 ? text : text.substring(0, end + 2);
  }

  /** The body, out of its chunks if it has some. An unfinished chunk is left out. */
  String body() {
    byte[] all = received.toByteArray();
    int at = head().getBytes(StandardCharsets.UTF_8).length + 2;
    if (!head().toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
      return new String(all, at, all.length - at, StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int line = at;
      while (line + 1 < all.length && all[line] != '\r') {
        line++;
      }
      if (line + 1 >= all.length) {
        break;
      }
      int length = Integer.parseInt(new String(all, at, line - at, StandardCharsets.US_ASCII), 16);
      if (length == 0 || line + 4 + length > all.length) {
        break;
      }
      assertThat(all[line + 2 + length]).as("the chunk ends").isEqualTo((byte) '\r');
      body.write(all, line + 2, length);
      at = line + 4 + length;
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  /** Whether the body ended as it should, and not in the middle. */
  boolean isEndedCleanly() {
    return isEnded && text().endsWith("\r\n0\r\n\r\n");
  }

  /** The events that have come whole. */
  String wholeEvents() {
    String body = body();
    return body.substring(0, body.lastIndexOf("\n\n") + 2);
  }

  /** The {@code data} of all events that are not the stream's own. */
  List<String> data() {
    List<String> data = new ArrayList<>();
    for (String block : wholeEvents().split("\n\n", -1)) {
      if (block.startsWith("event: stream-")
          || block.startsWith("event: keep-alive")
          || !block.startsWith("event: ")) {
        continue;
      }
      Matcher fields = FIELD.matcher(block);
      while (fields.find()) {
        if (fields.group(1).equals("data")) {
          data.add(fields.group(2));
        }
      }
    }
    return data;
  }

  /** The last position that the client could resume from; empty if there is none. */
  String lastId() {
    String id = "";
    Matcher fields = FIELD.matcher(wholeEvents());
    while (fields.find()) {
      if (fields.group(1).equals("id")) {
        id = fields.group(2);
      }
    }
    return id;
  }

  /** Bytes in which an ASCII text can be found without copying them. */
  private static final class Received extends ByteArrayOutputStream {
    int indexOf(String text, int from) {
      for (int i = from; i <= count - text.length(); i++) {
        int same = 0;
        while (same < text.length() && buf[i + same] == text.charAt(same)) {
          same++;
        }
        if (same == text.length()) {
          return i;
        }
      }
      return -1;
    }
  }

  /** Goes without a goodbye: the peer gets a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
