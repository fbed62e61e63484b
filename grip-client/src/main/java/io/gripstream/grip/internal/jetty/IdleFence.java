package io.gripstream.grip.internal.jetty;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps answers apart when a connection is idle for too long just as its answer is ready. Jetty
 * 12.1.12 to 12.1.14 have two faults there. While a server stops, a connection is idle after one
 * second, so a busy server that stopped showed them.
 *
 * <ul>
 *   <li>Jetty cancels the write, and the buffer of the answer goes back to the pool, although
 *       another thread is about to send that buffer. The next answer fills it, and its bytes follow
 *       the head of the first answer. Here, a send that has begun gives its bytes to Jetty's writer
 *       before the cancellation, and a send that begins later is refused. HTTP/2 does not have this
 *       fault.
 *   <li>Jetty asks the listeners of the request whether the connection should fail, perhaps when
 *       the request is already over. The listener of servlets then says yes, and Jetty writes an
 *       answer 500 that belongs to no request. A proxy takes it for its next answer, and each later
 *       answer of the connection for the one after it. Here, all listeners behind this handler say
 *       no. A pending read or write still fails.
 * </ul>
 */
public final class IdleFence {
  private IdleFence() {}

  /** Applies it when the server starts, in front of all its handlers. More calls do no harm. */
  public static void use(Server server) {
    server.addEventListener(new LifeCycle.Listener() {
      @Override
      public void lifeCycleStarting(LifeCycle starting) {
        if (!isUsed(server)) {
          server.insertHandler(new FencedHandler());
        }
      }
    });
  }

  /** Whether a server that has started has the fence. */
  public static boolean isUsed(Server server) {
    return server.getDescendant(FencedHandler.class) != null;
  }

  private static final class FencedHandler extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      if (request.getConnectionMetaData().getHttpVersion().getVersion()
          <= HttpVersion.HTTP_1_1.getVersion()) {
        request.addHttpStreamWrapper(OrderedStream::new);
      }
      // Without any listener, Jetty would fail the request itself.
      request.addIdleTimeoutListener(timeout -> false);
      return super.handle(new UnaskedRequest(request), response, callback);
    }
  }

  private static final class UnaskedRequest extends Request.Wrapper {
    UnaskedRequest(Request request) {
      super(request);
    }

    /** Drops it: that of servlets says yes when its request has ended. */
    @Override
    public void addIdleTimeoutListener(Predicate<TimeoutException> isFailure) {}
  }

  /** One request's stream. Jetty has one send at a time under way, until it cancels one. */
  private static final class OrderedStream extends HttpStream.Wrapper {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition handedOver = lock.newCondition();
    private @Nullable Throwable cancelled;
    private @Nullable Sending sending;

    OrderedStream(HttpStream stream) {
      super(stream);
    }

    @Override
    public void send(
        MetaData.Request request,
        MetaData.@Nullable Response response,
        boolean last,
        @Nullable ByteBuffer content,
        Callback callback) {
      Sending own = new Sending(callback);
      Throwable cause = begin(own);
      if (cause != null) {
        // The buffer may belong to another answer by now.
        callback.failed(cause);
        return;
      }
      try {
        super.send(request, response, last, content, own);
      } finally {
        own.handOver();
      }
    }

    private @Nullable Throwable begin(Sending own) {
      lock.lock();
      try {
        if (cancelled == null) {
          sending = own;
        }
        return cancelled;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public Runnable cancelSend(Throwable cause, Callback appCallback) {
      lock.lock();
      try {
        cancelled = cause;
      } finally {
        lock.unlock();
      }
      Runnable cancellation = super.cancelSend(cause, appCallback);
      return () -> {
        awaitHandOver();
        cancellation.run();
      };
    }

    /** Never waits for the client: a send over HTTP/1 writes what the socket takes, and returns. */
    private void awaitHandOver() {
      lock.lock();
      try {
        while (sending != null && sending.thread != Thread.currentThread()) {
          handedOver.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
      }
    }

    /** From the beginning of a send until Jetty's writer has its bytes. */
    private final class Sending extends Callback.Nested {
      private final Thread thread = Thread.currentThread();

      Sending(Callback callback) {
        super(callback);
      }

      void handOver() {
        lock.lock();
        try {
          // The callback of this send may have begun the next one.
          if (sending == this) {
            sending = null;
            handedOver.signalAll();
          }
        } finally {
          lock.unlock();
        }
      }

      @Override
      public void succeeded() {
        handOver();
        super.succeeded();
      }

      @Override
      public void failed(Throwable cause) {
        handOver();
        super.failed(cause);
      }
    }
  }
}
