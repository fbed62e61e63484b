package io.gripstream.eventstream.internal.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.gripstream.testtools.Http2Socket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A stream over HTTP/2 whose client limits the bytes that the server may send at a time. */
final class NarrowHttp2Client implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Http2Socket socket;
  private final int stream;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();

  private NarrowHttp2Client(Http2Socket socket, int stream) {
    this.socket = socket;
    this.stream = stream;
  }

  /** Asks for a stream; the server may send {@code window} bytes of it, for now. */
  static NarrowHttp2Client get(int port, String target, int window) throws IOException {
    Http2Socket socket = new Http2Socket(port, window);
    return new NarrowHttp2Client(socket, socket.get(target));
  }

  /** From now on the server may send this number of further bytes in each interval. */
  void widen(int bytes, int everyMillis) {
    pace.scheduleAtFixedRate(() -> widen(bytes), everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  private void widen(int bytes) {
    try {
      socket.widen(0, bytes);
      socket.widen(stream, bytes);
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
    pace.shutdownNow();
    socket.close();
  }
}
