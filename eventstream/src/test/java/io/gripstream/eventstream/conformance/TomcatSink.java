package io.gripstream.eventstream.conformance;

import io.gripstream.eventstream.internal.door.Entrance;
import io.gripstream.eventstream.internal.door.Sink;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A response that stays open, written when the container says that it can be. */
final class TomcatSink implements Sink, WriteListener {
  private final AsyncContext held;
  private final ServletOutputStream out;
  private final Entrance entrance;
  private final ByteBuffer opening;
  private @Nullable Runnable left;
  private @Nullable ByteBuffer pending;
  private Done done;
  private boolean isFlushed;
  private boolean hasFailed;

  TomcatSink(AsyncContext held, ServletOutputStream out, Entrance by, ByteBuffer first) {
    this.held = held;
    this.out = out;
    this.entrance = by;
    this.opening = first;
  }

  /** First when the request has been handled, then whenever bytes that waited can go on. */
  @Override
  public synchronized void onWritePossible() {
    if (left == null) {
      left = entrance.enter(this, opening);
    }
    proceed();
  }

  @Override
  public synchronized void write(ByteBuffer bytes, Done told) {
    pending = bytes;
    done = told;
    isFlushed = false;
    proceed();
  }

  private void proceed() {
    try {
      while (pending != null && out.isReady()) {
        if (pending.hasRemaining()) {
          byte[] some = new byte[Math.min(pending.remaining(), 1 << 15)];
          pending.get(some);
          out.write(some);
        } else if (isFlushed) {
          pending = null;
          done.succeeded();
        } else {
          isFlushed = true;
          out.flush();
        }
      }
    } catch (IOException | IllegalStateException e) {
      onError(e);
    }
  }

  @Override
  public void end() {
    held.complete();
  }

  /** Servlets cannot cut: the client sees an end. After an error the container ends by itself. */
  @Override
  public synchronized void abort() {
    if (!hasFailed) {
      held.complete();
    }
  }

  @Override
  public synchronized void onError(Throwable cause) {
    if (left == null) {
      entrance.turnAway();
      return;
    }
    hasFailed = true;
    pending = null;
    left.run();
  }
}
