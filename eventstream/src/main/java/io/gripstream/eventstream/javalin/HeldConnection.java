package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.internal.door.Entrance;
import io.gripstream.eventstream.internal.door.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.EventListener;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A connection that has become a stream. It replaces Jetty's HTTP/1 connection, whose request,
 * response, parser and buffers become garbage. Over plain TCP it writes to the socket itself, over
 * TLS through Jetty's end point.
 *
 * <p>It always reads, because only a read shows that the client has left.
 */
final class HeldConnection implements Sink, Connection, Connection.UpgradeTo, Callback {
  /** A client sends nothing on a stream. After this number of bytes it is disconnected. */
  private static final int MAX_IGNORED_BYTES = 1 << 16;

  private final EndPoint endPoint;
  private final @Nullable SocketChannel socket;
  private final boolean isChunked;
  private @Nullable Entrance entrance;
  private @Nullable ByteBuffer opening;

  /** Runs when the client has left; null before the stream has entered. */
  private @Nullable Runnable left;

  private int ignoredBytes;

  HeldConnection(EndPoint endPoint, boolean isChunked, Entrance entrance, ByteBuffer opening) {
    this.endPoint = endPoint;
    this.socket = endPoint.getTransport() instanceof SocketChannel plain && !endPoint.isSecure()
        ? plain
        : null;
    this.isChunked = isChunked;
    this.entrance = entrance;
    this.opening = opening;
  }

  @Override
  public void onUpgradeTo(ByteBuffer early) {
    ignoredBytes = early.remaining();
  }

  @Override
  public void onOpen() {
    endPoint.setIdleTimeout(0);
    SocketTuning.bound(endPoint);
    Entrance by = entrance;
    ByteBuffer first = opening;
    entrance = null;
    opening = null;
    if (by != null && first != null) {
      SocketTuning.probe(endPoint, by.keepAlive());
      left = by.enter(this, first);
    }
    endPoint.tryFillInterested(this);
  }

  @Override
  public boolean isChunked() {
    return isChunked;
  }

  @Override
  public boolean canTry() {
    return socket != null;
  }

  @Override
  public void tryWrite(ByteBuffer bytes) throws IOException {
    if (socket == null) {
      throw new IllegalStateException("not a plain socket");
    }
    socket.write(bytes);
  }

  @Override
  public void write(ByteBuffer bytes, Done done) {
    endPoint.write(Callbacks.of(done), bytes);
  }

  @Override
  public void end() {
    endPoint.shutdownOutput();
    endPoint.close();
  }

  @Override
  public void abort() {
    endPoint.close();
  }

  /** The client sent bytes, or left. Called by a selector's thread. */
  @Override
  public void succeeded() {
    ByteBuffer said = BufferUtil.allocate(512);
    try {
      while (true) {
        int bytes = endPoint.fill(said);
        if (bytes == 0) {
          endPoint.tryFillInterested(this);
          return;
        }
        ignoredBytes += bytes;
        if (bytes < 0 || ignoredBytes > MAX_IGNORED_BYTES) {
          gone();
          return;
        }
        BufferUtil.clear(said);
      }
    } catch (IOException e) {
      gone();
    }
  }

  private void gone() {
    Runnable entered = left;
    if (entered != null) {
      entered.run();
    }
  }

  /** Nothing more will come from the client. */
  @Override
  public void failed(Throwable cause) {
    gone();
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    gone();
  }

  /** Streams have their own time-outs. */
  @Override
  public boolean onIdleExpired(TimeoutException timeout) {
    return false;
  }

  @Override
  public EndPoint getEndPoint() {
    return endPoint;
  }

  @Override
  public void close() {
    endPoint.close();
  }

  @Override
  public void addEventListener(EventListener listener) {
    // A stream's connection has no listeners.
  }

  @Override
  public void removeEventListener(EventListener listener) {
    // A stream's connection has no listeners.
  }

  @Override
  public long getMessagesIn() {
    return 1;
  }

  @Override
  public long getMessagesOut() {
    return 1;
  }

  @Override
  public long getBytesIn() {
    return ignoredBytes;
  }

  @Override
  public long getBytesOut() {
    return -1;
  }

  @Override
  public long getCreatedTimeStamp() {
    return endPoint.getCreatedTimeStamp();
  }
}
