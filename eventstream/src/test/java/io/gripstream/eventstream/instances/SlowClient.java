package io.gripstream.eventstream.instances;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** A client that reads its stream only on demand, so that most of it waits. */
final class SlowClient implements AutoCloseable {
  private static final Pattern NUMBER = Pattern.compile("(?m)^data: ([0-9]+)x");

  private final Socket socket;
  private final InputStream in;
  private final StringBuilder text = new StringBuilder();

  private SlowClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 4_096);
  }

  static SlowClient open(URI uri, String lastEventId) {
    try {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4_096);
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 30_000);
      socket.setSoTimeout(30_000);
      String request = "GET " + uri.getRawPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority()
          + "\r\nLast-Event-ID: " + lastEventId + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      SlowClient client = new SlowClient(socket);
      while (!client.line().isEmpty()) {
        // The head says nothing that matters here.
      }
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads on until this has come. */
  void readUntil(String expected) throws IOException {
    int from = 0;
    while (text.indexOf(expected, from) < 0) {
      from = Math.max(0, text.length() - expected.length());
      int length = Integer.parseInt(line(), 16);
      if (length == 0) {
        throw new AssertionError("the stream ended before \"" + expected + "\"");
      }
      text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      line();
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the connection ended after \"" + line + "\"");
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }

  /** The body so far. */
  String text() {
    return text.toString();
  }

  /** The numbers with which the data of the events begin. */
  List<Integer> numbers() {
    return NUMBER
        .matcher(text)
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // The connection is gone anyway.
    }
  }
}
