package io.gripstream.eventstream.internal.direct;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream inside a response that stays open: for HTTP/2, where a connection carries other
 * exchanges too and only Jetty may write frames to it.
 */
final class ResponseOutlet extends Outlet {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseOutlet.class);

  private final ServletContextRequest request;
  private final Response response;
  private final Executor executor;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private ResponseOutlet(ServletContextRequest request, Loop loop) {
    super(loop);
    this.request = request;
    this.response = request.getServletContextResponse();
    this.executor = request.getConnectionMetaData().getConnector().getExecutor();
  }

  static void prepare(
      Context ctx, ServletContextRequest request, Entrance entrance, byte[] firstBytes) {
    ResponseOutlet outlet = new ResponseOutlet(request, entrance.loop());
    AtomicBoolean isSettled = new AtomicBoolean();
    Request.addCompletionListener(request, failure -> {
      if (isSettled.compareAndSet(false, true)) {
        entrance.turnAway();
      }
    });
    ctx.future(() -> {
      ctx.req().getAsyncContext().setTimeout(0);
      request.addIdleTimeoutListener(timeout -> false);
      request.addFailureListener(gone -> outlet.gone());
      SocketTuning.probe(
          request.getConnectionMetaData().getConnection().getEndPoint(),
          entrance.loop().keepAlive());
      if (isSettled.compareAndSet(false, true)) {
        outlet.enter(entrance, ByteBuffer.wrap(firstBytes));
      }
      return outlet.done;
    });
  }

  @Override
  boolean isChunked() {
    return false;
  }

  @Override
  boolean isSocket() {
    return false;
  }

  @Override
  void tryWrite(ByteBuffer bytes) {
    throw new IllegalStateException("not a socket");
  }

  @Override
  void start(ByteBuffer bytes, PendingWrite write) {
    response.write(false, bytes, write);
  }

  @Override
  void end() {
    // After handlers and request logs belong to the application: they must not hold up the loop.
    unlessStopped(() -> executor.execute(() -> done.complete(null)));
  }

  @Override
  void abort() {
    // Jetty completes the exchange by itself, and Javalin must not touch it again.
    unlessStopped(() -> request.getServletChannel().abort(new IOException("the stream was cut")));
  }

  /** A server that has stopped has closed its connections, and takes no more tasks. */
  private static void unlessStopped(Runnable step) {
    try {
      step.run();
    } catch (RejectedExecutionException stopped) {
      LOG.debug("The server has stopped; a stream ended with it");
    }
  }
}
