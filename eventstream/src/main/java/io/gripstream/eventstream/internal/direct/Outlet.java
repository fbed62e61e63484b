package io.gripstream.eventstream.internal.direct;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of one stream go: one write at a time, and nothing blocks. Owned by a loop, on
 * which it is used; what others call brings itself there.
 */
abstract class Outlet {
  private final Loop loop;
  private @Nullable Stream stream;
  private @Nullable ByteBuffer pending;
  private int pendingBytes;
  private int lastByte;

  Outlet(Loop loop) {
    this.loop = loop;
  }

  final Loop loop() {
    return loop;
  }

  /** Whether frames are written as HTTP/1.1 chunks. */
  abstract boolean isChunked();

  /** Whether {@link #tryWrite} may be used. */
  abstract boolean isSocket();

  /** Writes what the socket takes at once; the buffer is free again afterwards. */
  abstract void tryWrite(ByteBuffer bytes) throws IOException;

  /**
   * Begins to write. The buffer must not be touched until it is done.
   *
   * @param write told how it ends
   */
  abstract void start(ByteBuffer bytes, PendingWrite write) throws IOException;

  /** Ends the stream after the last byte was written; idempotent. */
  abstract void end();

  /** Cuts the connection; idempotent. */
  abstract void abort();

  /** Lets the stream in. Any thread, once. */
  final void enter(Entrance entrance, ByteBuffer opening) {
    loop.execute(() -> stream = entrance.enter(this, opening));
  }

  /** A write that took its time is done. Any thread. */
  final void written() {
    loop.execute(() -> {
      if (stream != null) {
        pending = null;
        touch(loop.now());
        stream.advance();
      }
    });
  }

  /** The client has left. Any thread. */
  final void gone() {
    loop.execute(() -> {
      if (stream != null) {
        stream.leave();
      }
    });
  }

  /**
   * Writes it all, now or as the client takes it. The buffer must not be touched until then.
   *
   * @return whether it is done; else the stream advances later, unless the client goes
   */
  final boolean write(ByteBuffer bytes, int now) throws IOException {
    touch(now);
    if (isSocket()) {
      tryWrite(bytes);
      if (!bytes.hasRemaining()) {
        return true;
      }
    }
    PendingWrite write = new PendingWrite(this);
    start(bytes, write);
    if (write.isDoneAtOnce()) {
      return true;
    }
    pending = bytes;
    pendingBytes = bytes.remaining();
    return false;
  }

  /** A byte has gone out. */
  final void touch(int now) {
    lastByte = now;
  }

  /** Whether a write is under way. */
  final boolean isBusy() {
    return pending != null;
  }

  /** For how long no byte has gone out. */
  final int idleFor(int now) {
    ByteBuffer under = pending;
    if (under != null && under.remaining() != pendingBytes) {
      pendingBytes = under.remaining();
      touch(now);
    }
    return now - lastByte;
  }
}
