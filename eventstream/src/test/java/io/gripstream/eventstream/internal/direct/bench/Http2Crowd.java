package io.gripstream.eventstream.internal.direct.bench;

import io.gripstream.testtools.Http2Socket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Many streams over few HTTP/2 connections: one thread each for reading a connection. */
final class Http2Crowd implements AutoCloseable {
  private static final int WINDOW = 1 << 20;
  private static final int PER_CONNECTION = 500;

  private final int streams;
  private final List<Http2Socket> sockets = new ArrayList<>();
  private final CountDownLatch opened;
  private volatile CountDownLatch waiting = new CountDownLatch(0);
  private volatile String awaited = "\n";

  private Http2Crowd(int streams) {
    this.streams = streams;
    this.opened = new CountDownLatch(streams);
  }

  /** Opens this number of streams, and waits until each has its first bytes. */
  static Http2Crowd open(int port, int streams) throws IOException, InterruptedException {
    Http2Crowd crowd = new Http2Crowd(streams);
    for (int open = 0; open < streams; open += PER_CONNECTION) {
      Http2Socket socket = new Http2Socket(port, WINDOW);
      socket.widen(0, Integer.MAX_VALUE - WINDOW);
      crowd.sockets.add(socket);
      Thread reader = new Thread(() -> crowd.read(socket));
      reader.setDaemon(true);
      reader.start();
      for (int i = 0; i < Math.min(PER_CONNECTION, streams - open); i++) {
        socket.get("/events?channel=x");
      }
    }
    if (!crowd.opened.await(60, TimeUnit.SECONDS)) {
      throw new IOException(crowd.opened.getCount() + " streams of " + streams + " did not open");
    }
    return crowd;
  }

  private void read(Http2Socket socket) {
    BitSet known = new BitSet();
    try {
      while (true) {
        Http2Socket.Frame frame = socket.read();
        if (!frame.isData()) {
          continue;
        }
        if (!known.get(frame.stream())) {
          known.set(frame.stream());
          opened.countDown();
        }
        if (new String(frame.payload(), StandardCharsets.US_ASCII).contains(awaited)) {
          waiting.countDown();
        }
      }
    } catch (IOException closed) {
      // The waiting thread finds that bytes are missing.
    }
  }

  /** The next expected bytes of each stream. */
  void expect(String text) {
    waiting = new CountDownLatch(streams);
    awaited = text;
  }

  /** Whether it has come to all, within a minute. */
  boolean isComplete() throws InterruptedException {
    return waiting.await(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    for (Http2Socket socket : sockets) {
      socket.close();
    }
  }
}
