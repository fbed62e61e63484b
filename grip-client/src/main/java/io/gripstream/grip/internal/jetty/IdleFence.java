package io.gripstream.grip.internal.jetty;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Keeps idle connections from mixing answers. Jetty 12.1.12 to 12.1.14 have two such faults. Both
 * need a connection that becomes idle just when its answer is ready. While a server stops, a
 * connection is idle after one second, so a busy server that stops showed them.
 *
 * <ul>
 *   <li>Jetty cancels the write that is under way, and the buffer of the answer goes back to the
 *       pool, also while another thread is about to send that buffer. The next answer fills it, and
 *       its bytes follow the head of the first answer. Here, a send that has begun is cancelled
 *       after Jetty has taken its bytes, and nothing is sent after a cancellation.
 *   <li>Jetty asks the request whether the connection should fail, and may ask so late that the
 *       request is over. Then it writes an answer 500 that belongs to no request. The proxy takes
 *       it for its next answer, and each later answer of the connection for the one after it. Here,
 *       no request is asked: only a read or a write that waits can fail.
 * </ul>
 */
public final class IdleFence {
  private IdleFence() {}

  /** Applies it to all requests of a server that is not started. A second call has no effect. */
  public static void use(Server server) {
    if (!isUsed(server)) {
      server.insertHandler(new FencedHandler());
    }
  }

  /** Whether a server has it. */
  public static boolean isUsed(Server server) {
    return server.getDescendant(FencedHandler.class) != null;
  }

  private static final class FencedHandler extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      request.addHttpStreamWrapper(OrderedStream::new);
      // Without any listener, Jetty would fail the request itself.
      request.addIdleTimeoutListener(timeout -> false);
      return super.handle(new UnaskedRequest(request), response, callback);
    }
  }

  private static final class UnaskedRequest extends Request.Wrapper {
    UnaskedRequest(Request request) {
      super(request);
    }

    /** Jetty's own listener says yes when its request has ended. */
    @Override
    public void addIdleTimeoutListener(Predicate<TimeoutException> isFailure) {}
  }

  /** One request's stream. Jetty has one send under way at a time. */
  private static final class OrderedStream extends HttpStream.Wrapper {
    private final Object lock = new Object();
    private @Nullable Throwable cancelled;
    private @Nullable Sending sending;
    private @Nullable Runnable waitingCancellation;

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
      Throwable cause;
      synchronized (lock) {
        cause = cancelled;
        if (cause == null) {
          sending = own;
        }
      }
      if (cause != null) {
        // The buffer may belong to another answer by now.
        callback.failed(cause);
        return;
      }
      super.send(request, response, last, content, own);
      own.taken();
    }

    @Override
    public Runnable cancelSend(Throwable cause, Callback appCallback) {
      Runnable cancellation = super.cancelSend(cause, appCallback);
      return () -> {
        synchronized (lock) {
          cancelled = cause;
          if (sending != null) {
            waitingCancellation = cancellation;
            return;
          }
        }
        cancellation.run();
      };
    }

    /** From the beginning of a send until Jetty knows its buffer, or has written it. */
    private final class Sending extends Callback.Nested {
      Sending(Callback callback) {
        super(callback);
      }

      void taken() {
        Runnable cancellation;
        synchronized (lock) {
          // The callback of this send may have begun the next one.
          if (sending != this) {
            return;
          }
          sending = null;
          cancellation = waitingCancellation;
          waitingCancellation = null;
        }
        if (cancellation != null) {
          cancellation.run();
        }
      }

      @Override
      public void succeeded() {
        taken();
        super.succeeded();
      }

      @Override
      public void failed(Throwable cause) {
        taken();
        super.failed(cause);
      }
    }
  }
}
