package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.internal.door.Entrance;
import io.gripstream.eventstream.internal.door.Sink;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream inside a response that stays open. Used for HTTP/2, where a connection carries other
 * exchanges too and only Jetty may write frames to it.
 */
final class ResponseSink implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseSink.class);

  private final ServletContextRequest request;
  private final Response response;
  private final Executor executor;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /** Runs once when the client has left; null until the stream has entered. */
  private volatile @Nullable Runnable left;

  private volatile boolean isGone;

  private ResponseSink(ServletContextRequest request) {
    this.request = request;
    this.response = request.getServletContextResponse();
    this.executor = request.getConnectionMetaData().getConnector().getExecutor();
  }

  static void prepare(
      Context ctx, ServletContextRequest request, Entrance entrance, byte[] firstBytes) {
    ResponseSink sink = new ResponseSink(request);
    AtomicBoolean isSettled = new AtomicBoolean();
    Request.addCompletionListener(request, failure -> {
      if (isSettled.compareAndSet(false, true)) {
        entrance.turnAway();
      }
    });
    ctx.future(() -> {
      ctx.req().getAsyncContext().setTimeout(0);
      request.addFailureListener(gone -> sink.gone());
      SocketTuning.probe(
          request.getConnectionMetaData().getConnection().getEndPoint(), entrance.keepAlive());
      if (isSettled.compareAndSet(false, true)) {
        sink.left = entrance.enter(sink, ByteBuffer.wrap(firstBytes));
        if (sink.isGone) {
          sink.gone();
        }
      }
      return sink.done;
    });
  }

  private void gone() {
    isGone = true;
    Runnable entered = left;
    if (entered != null) {
      entered.run();
    }
  }

  @Override
  public void write(ByteBuffer bytes, Done done) {
    response.write(false, bytes, Callbacks.of(done));
  }

  @Override
  public void end() {
    // After handlers and request logs belong to the application: they must not delay the loop.
    unlessStopped(() -> executor.execute(() -> done.complete(null)));
  }

  @Override
  public void abort() {
    // Jetty completes the exchange itself, and Javalin must not touch it again.
    unlessStopped(() -> request.getServletChannel().abort(new IOException("the stream was cut")));
  }

  /** A stopped server has closed its connections and accepts no more tasks. */
  private static void unlessStopped(Runnable step) {
    try {
      step.run();
    } catch (RejectedExecutionException stopped) {
      LOG.debug("The server has stopped; a stream ended with it");
    }
  }
}
