package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.testtools.Http2Socket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A stream over HTTP/2 whose client limits the bytes that the server may send at a time. */
final class NarrowHttp2Client implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Http2Socket socket;
  private final int stream;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int allowed;

  private NarrowHttp2Client(Http2Socket socket, int stream, int window) {
    this.socket = socket;
    this.stream = stream;
    this.allowed = window;
  }

  /** Asks for a stream; the server may send {@code window} bytes of it, for now. */
  static NarrowHttp2Client get(int port, String target, int window) throws IOException {
    Http2Socket socket = new Http2Socket(port, window);
    return new NarrowHttp2Client(socket, socket.get(target), window);
  }

  /** Reads until the text has come. */
  void await(String text) throws IOException {
    await(text, 0, () -> {});
  }

  /**
   * Reads until the text has come. When the server has sent all that it may: runs the pause, and
   * allows it this number of bytes more.
   */
  void await(String text, int window, Runnable pause) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!body.toString(StandardCharsets.UTF_8).contains(text)) {
      if (body.size() == allowed && window > 0) {
        pause.run();
        socket.widen(0, window);
        socket.widen(stream, window);
        allowed += window;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      assertThat(left)
          .as("time to wait for %s; %d bytes came", text, body.size())
          .isPositive();
      socket.patience((int) left);
      Http2Socket.Frame frame = socket.read();
      assertThat(frame).as("the stream goes on").matches(next -> !next.isFailure());
      if (frame.isData()) {
        body.write(frame.payload());
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
