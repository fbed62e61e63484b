package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.door.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes the bytes of one stream: one write at a time, without blocking. Used on a loop; calls of
 * other threads are passed on to it. As a task it reports that the client has left.
 */
final class Outlet implements Runnable {
  private final Loop loop;
  private final Sink sink;
  private @Nullable Writer writer;
  private @Nullable ByteBuffer pending;
  private int pendingBytes;
  private int lastByte;

  Outlet(Loop loop, Sink sink) {
    this.loop = loop;
    this.sink = sink;
  }

  /** The writer of this outlet. Called on the loop. */
  interface Writer {
    /** A write that did not end immediately has ended. */
    void written();

    /** The client has left. */
    void gone();
  }

  /** Sets the writer. Call it before the first write. */
  void belongsTo(Writer told) {
    writer = told;
  }

  boolean isChunked() {
    return sink.isChunked();
  }

  boolean canTry() {
    return sink.canTry();
  }

  void tryWrite(ByteBuffer bytes) throws IOException {
    sink.tryWrite(bytes);
  }

  void end() {
    sink.end();
  }

  void abort() {
    sink.abort();
  }

  /** The client has left. Any thread. */
  @Override
  public void run() {
    loop.execute(() -> {
      if (writer != null) {
        writer.gone();
      }
    });
  }

  private void written() {
    loop.execute(() -> {
      if (writer != null) {
        pending = null;
        touch(loop.now());
        writer.written();
      }
    });
  }

  /**
   * Writes all bytes, now or as the client accepts them. The buffer must not be touched until then.
   *
   * @return whether it is done; otherwise the writer is called later, when it is done or the client
   *     has left
   */
  boolean write(ByteBuffer bytes, int now) throws IOException {
    touch(now);
    if (sink.canTry()) {
      sink.tryWrite(bytes);
      if (!bytes.hasRemaining()) {
        return true;
      }
    }
    PendingWrite write = new PendingWrite(this);
    sink.write(bytes, write);
    if (write.isDoneAtOnce()) {
      return true;
    }
    pending = bytes;
    pendingBytes = bytes.remaining();
    return false;
  }

  /** A byte was sent. */
  void touch(int now) {
    lastByte = now;
  }

  /** Whether a write is in progress. */
  boolean isBusy() {
    return pending != null;
  }

  /** Time since the last byte was sent. */
  int idleFor(int now) {
    ByteBuffer under = pending;
    if (under != null && under.remaining() != pendingBytes) {
      pendingBytes = under.remaining();
      touch(now);
    }
    return now - lastByte;
  }

  /**
   * A write that the sink completes, immediately or later. Only the latter is reported to the
   * writer.
   */
  private static final class PendingWrite implements Sink.Done {
    private enum State {
      STARTED,
      LEFT_PENDING,
      DONE
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.STARTED);
    private final Outlet outlet;

    PendingWrite(Outlet outlet) {
      this.outlet = outlet;
    }

    /** Call it once, after the write was started. */
    boolean isDoneAtOnce() {
      return !state.compareAndSet(State.STARTED, State.LEFT_PENDING);
    }

    @Override
    public void succeeded() {
      if (!state.compareAndSet(State.STARTED, State.DONE)) {
        outlet.written();
      }
    }

    @Override
    public void failed(Throwable cause) {
      outlet.run();
    }
  }
}
