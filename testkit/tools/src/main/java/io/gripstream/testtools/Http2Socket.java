package io.gripstream.testtools;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The client's end of an HTTP/2 connection without TLS (RFC 9113, prior knowledge), frame by frame.
 * The test decides how much the server may send. One thread reads; any may write.
 */
public final class Http2Socket implements AutoCloseable {
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int ACK = 1;
  private static final int END_OF_STREAM_AND_HEADERS = 5;
  private static final int INITIAL_WINDOW_SIZE = 4;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private int lastStream = -1;

  /** A frame that the server sent. */
  public record Frame(int type, int flags, int stream, byte[] payload) {
    /** Returns whether it is a part of a stream's body. */
    public boolean isData() {
      return type == 0;
    }

    /** Returns whether the server ended a stream or the connection with a loss. */
    public boolean isFailure() {
      return type == 3 || type == 7;
    }
  }

  /**
   * @param window number of bytes of each stream that the server may send before it is allowed more
   */
  public Http2Socket(int port, int window) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream settings = new ByteArrayOutputStream();
    DataOutputStream initialWindow = new DataOutputStream(settings);
    initialWindow.writeShort(INITIAL_WINDOW_SIZE);
    initialWindow.writeInt(window);
    write(SETTINGS, 0, 0, settings.toByteArray());
  }

  /** Requests a stream. @return its number */
  public synchronized int get(String target) throws IOException {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    headers.write(0x82); // :method GET
    headers.write(0x86); // :scheme http
    literal(headers, 0x01, "localhost"); // :authority
    literal(headers, 0x04, target); // :path
    lastStream += 2;
    write(HEADERS, END_OF_STREAM_AND_HEADERS, lastStream, headers.toByteArray());
    return lastStream;
  }

  private static void literal(OutputStream headers, int name, String value) throws IOException {
    headers.write(name);
    headers.write(value.length());
    headers.write(value.getBytes(StandardCharsets.US_ASCII));
  }

  /** Allows the server this number of bytes more: of one stream or, for 0, of all together. */
  public void widen(int stream, int bytes) throws IOException {
    write(WINDOW_UPDATE, 0, stream, new byte[] {
      (byte) (bytes >>> 24), (byte) (bytes >>> 16), (byte) (bytes >>> 8), (byte) bytes
    });
  }

  private synchronized void write(int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeInt(payload.length << 8 | type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  /** Waits for the next frame. Frames that only keep the connection going are answered. */
  public Frame read() throws IOException {
    int lengthAndType = in.readInt();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    Frame frame =
        new Frame(lengthAndType & 0xFF, flags, stream, in.readNBytes(lengthAndType >>> 8));
    if ((frame.type() == SETTINGS || frame.type() == PING) && flags != ACK) {
      write(frame.type(), ACK, 0, frame.type() == PING ? frame.payload() : new byte[0]);
    }
    return frame;
  }

  /** Sets how long {@link #read} waits, in milliseconds. */
  public void patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
