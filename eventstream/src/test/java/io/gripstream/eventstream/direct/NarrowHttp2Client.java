package io.gripstream.eventstream.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP/2 client (RFC 9113, prior knowledge) that lets the server send only so much at a time:
 * its window opens by a fixed number of bytes, at a fixed pace.
 */
final class NarrowHttp2Client implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int DATA = 0;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int ACK = 1;
  private static final int END_OF_STREAM_AND_HEADERS = 5;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();

  private NarrowHttp2Client(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  /** Asks for a stream; the server may send {@code window} bytes of it, for now. */
  static NarrowHttp2Client get(int port, String target, int window) throws IOException {
    NarrowHttp2Client client =
        new NarrowHttp2Client(new Socket(InetAddress.getLoopbackAddress(), port));
    client.out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream settings = new ByteArrayOutputStream();
    DataOutputStream initialWindow = new DataOutputStream(settings);
    initialWindow.writeShort(4);
    initialWindow.writeInt(window);
    client.frame(SETTINGS, 0, 0, settings.toByteArray());
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    headers.write(0x82); // :method GET
    headers.write(0x86); // :scheme http
    literal(headers, 0x01, "localhost"); // :authority
    literal(headers, 0x04, target); // :path
    client.frame(1, END_OF_STREAM_AND_HEADERS, 1, headers.toByteArray());
    return client;
  }

  private static void literal(OutputStream headers, int name, String value) throws IOException {
    headers.write(name);
    headers.write(value.length());
    headers.write(value.getBytes(StandardCharsets.US_ASCII));
  }

  private synchronized void frame(int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeInt(payload.length << 8 | type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  /** From now on the server may send so many bytes more every so many milliseconds. */
  void widen(int bytes, int everyMillis) {
    pace.scheduleAtFixedRate(() -> widen(bytes), everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  private void widen(int bytes) {
    byte[] increment = {
      (byte) (bytes >>> 24), (byte) (bytes >>> 16), (byte) (bytes >>> 8), (byte) bytes
    };
    try {
      frame(WINDOW_UPDATE, 0, 0, increment);
      frame(WINDOW_UPDATE, 0, 1, increment);
    } catch (IOException ended) {
      pace.shutdown();
    }
  }

  /** Reads until the text has come. */
  void await(String text) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!body.toString(StandardCharsets.UTF_8).contains(text)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      assertThat(left)
          .as("time to wait for %s; %d bytes came", text, body.size())
          .isPositive();
      socket.setSoTimeout((int) left);
      readFrame();
    }
  }

  private void readFrame() throws IOException {
    int lengthAndType = in.readInt();
    int flags = in.readUnsignedByte();
    in.readInt();
    byte[] payload = in.readNBytes(lengthAndType >>> 8);
    int type = lengthAndType & 0xFF;
    assertThat(type).as("the server ended the stream").isNotIn(RST_STREAM, GOAWAY);
    if (type == DATA) {
      body.write(payload);
    } else if ((type == SETTINGS || type == PING) && flags != ACK) {
      frame(type, ACK, 0, type == PING ? payload : new byte[0]);
    }
  }

  @Override
  public void close() throws IOException {
    pace.shutdownNow();
    socket.close();
  }
}
