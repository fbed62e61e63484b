package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.internal.door.Entrance;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.grip.internal.jetty.PeerAddress;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** A request of Javalin and its answer. */
final class JavalinExchange implements StreamExchange {
  private final Context ctx;

  JavalinExchange(Context ctx) {
    this.ctx = ctx;
  }

  @Override
  public String method() {
    return ctx.method().name();
  }

  @Override
  public String path() {
    return ctx.path();
  }

  @Override
  public List<String> headers(String name) {
    return Collections.list(ctx.req().getHeaders(name));
  }

  @Override
  public List<String> queryParams(String name) {
    return ctx.queryParams(name);
  }

  @Override
  public String pathParam(String name) {
    return ctx.pathParam(name);
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals")
  public <T> @Nullable T attribute(String name) {
    return ctx.attribute(name);
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals")
  public <T> @Nullable T sessionAttribute(String name) {
    return ctx.sessionAttribute(name);
  }

  @Override
  public @Nullable Principal principal() {
    return ctx.req().getUserPrincipal();
  }

  @Override
  public String peerAddress() {
    return PeerAddress.of(ctx.req());
  }

  @Override
  public String clientAddress() {
    return ctx.ip();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(ctx)) {
      return type.cast(ctx);
    }
    HttpServletRequest request = ctx.req();
    if (type.isInstance(request)) {
      return type.cast(request);
    }
    throw new IllegalArgumentException("there is no " + type.getName()
        + " behind this request: ask for " + Context.class.getName() + " or "
        + HttpServletRequest.class.getName());
  }

  @Override
  public @Nullable String queryString() {
    return ctx.queryString();
  }

  @Override
  public void setAttribute(String name, Object value) {
    ctx.attribute(name, value);
  }

  @Override
  public void status(int status) {
    ctx.status(status);
  }

  @Override
  public void setHeader(String name, String value) {
    if (name.equalsIgnoreCase("Content-Type")) {
      // Otherwise Javalin would add its own default type to a body.
      ctx.contentType(value);
    } else {
      ctx.header(name, value);
    }
  }

  @Override
  public void addHeader(String name, String value) {
    if (!ctx.res().getHeaders(name).contains(value)) {
      ctx.res().addHeader(name, value);
    }
  }

  @Override
  public void body(byte[] bytes) {
    // Else a long body follows its head in pieces. If this process is killed between them, a proxy
    // takes what it got for the whole answer, and the events of the rest for sent.
    if (bytes.length > ctx.res().getBufferSize()) {
      ctx.res().setBufferSize(bytes.length);
    }
    ctx.result(bytes);
  }

  @Override
  public void hold(Entrance entrance, byte[] opening) {
    ServletContextRequest request = ServletContextRequest.getServletContextRequest(ctx.req());
    if (request == null) {
      throw new IllegalStateException("streams need Javalin's own Jetty server");
    }
    if (request.getConnectionMetaData().getHttpVersion().getVersion()
        <= HttpVersion.HTTP_1_1.getVersion()) {
      Takeover.prepare(request, entrance, opening);
    } else {
      ResponseSink.prepare(ctx, request, entrance, opening);
    }
  }
}
