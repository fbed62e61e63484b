package io.gripstream.eventstream.direct;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * A stream inside a response that stays open: for HTTP/2, where a connection carries other
 * exchanges too and only Jetty may write frames to it.
 */
final class ResponseWire implements Wire {
  private final ServletContextRequest request;
  private final Response response;
  private final Loop loop;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private @Nullable Stream stream;

  private ResponseWire(ServletContextRequest request, Loop loop) {
    this.request = request;
    this.response = request.getServletContextResponse();
    this.loop = loop;
  }

  static void prepare(
      Context ctx, ServletContextRequest request, Entrance entrance, byte[] firstBytes) {
    ResponseWire wire = new ResponseWire(request, entrance.loop());
    ctx.future(() -> {
      ctx.req().getAsyncContext().setTimeout(0);
      request.addIdleTimeoutListener(timeout -> false);
      request.addFailureListener(gone -> wire.gone());
      wire.loop.execute(() -> wire.stream = entrance.enter(wire, ByteBuffer.wrap(firstBytes)));
      return wire.done;
    });
  }

  private void written() {
    loop.execute(() -> {
      if (stream != null) {
        stream.written();
      }
    });
  }

  private void gone() {
    loop.execute(() -> {
      if (stream != null) {
        stream.leave();
      }
    });
  }

  @Override
  public boolean isChunked() {
    return false;
  }

  @Override
  public boolean isSocket() {
    return false;
  }

  @Override
  public void tryWrite(ByteBuffer bytes) {
    throw new IllegalStateException("not a socket");
  }

  @Override
  public boolean write(ByteBuffer bytes) throws IOException {
    PendingWrite write = new PendingWrite(this::written, this::gone);
    response.write(false, bytes, write);
    return write.isDoneAtOnce();
  }

  @Override
  public void end() {
    done.complete(null);
  }

  @Override
  public void abort() {
    // Jetty completes the exchange by itself, and Javalin must not touch it again.
    request.getServletChannel().abort(new IOException("the stream was cut"));
  }
}
