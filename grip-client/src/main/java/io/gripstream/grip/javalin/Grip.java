package io.gripstream.grip.javalin;

import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.HeaderSource;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.publish.Publisher;
import io.gripstream.grip.websocket.MetaKey;
import io.gripstream.grip.websocket.WebSocketContext;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/** A request and its answer as a proxy sees them. For one thread at a time, as the context is. */
public final class Grip {

  private static final String ATTRIBUTE = "io.gripstream.grip";

  private final GripSettings settings;
  private final GripRequest request;
  private @Nullable Instruct instruct;

  private Grip(GripSettings settings, GripRequest request) {
    this.settings = settings;
    this.request = request;
  }

  /**
   * What the plugin knows about this request.
   *
   * @throws IllegalArgumentException if the plugin is not registered
   */
  public static Grip of(Context ctx) {
    Grip grip = ctx.attribute(ATTRIBUTE);
    if (grip == null) {
      grip = read(ctx, ctx.appData(GripSettings.KEY));
      ctx.attribute(ATTRIBUTE, grip);
    }
    return grip;
  }

  private static Grip read(Context ctx, GripSettings settings) {
    return new Grip(settings, settings.trust().read(headers(ctx), ctx.req().getRemoteAddr()));
  }

  static HeaderSource headers(Context ctx) {
    return name -> Collections.list(ctx.req().getHeaders(name));
  }

  /** What the proxy says about the request. */
  public GripRequest request() {
    return request;
  }

  /** Whether a proxy forwarded the request, so that an instruct has an effect. */
  public boolean isProxied() {
    return request.proxied();
  }

  /** The publisher to the proxies, with the configured prefix. */
  public Publisher publisher() {
    return settings.publisher();
  }

  /**
   * Sends this instruct with the answer, once the handler is done: the proxy holds the connection,
   * or follows a link to the next page. The configured prefix is added. A later call replaces an
   * earlier one. The status and the result of the context are the answer that the client gets at
   * once (stream) or at the timeout (response). An answer of 400 or above, such as a later
   * exception makes it, goes out without the instruct, and so does one to {@code HEAD} or
   * {@code OPTIONS}; {@link Instruct.Builder#status(int)} is for an error that is to be held.
   *
   * @param instruct with the names of channels as the application has them, without a prefix
   */
  public void answerWith(Instruct instruct) {
    this.instruct = instruct.withPrefix(settings.config().prefix);
  }

  GripPrefix prefix() {
    return settings.config().prefix;
  }

  MetaKey metaKey() {
    return settings.config().metaKey;
  }

  /** Before the handlers: only a proxy may bring WebSocket events. */
  static void refuseForgedEvents(Context ctx) {
    if (WebSocketContext.isFor(headers(ctx)) && !of(ctx).isProxied()) {
      ctx.status(403).contentType("text/plain").result("not forwarded by a known GRIP proxy\n");
      ctx.skipRemainingHandlers();
    }
  }

  /** After the handlers: the only place where instructs turn into answers. */
  static void apply(Context ctx) {
    Grip grip = ctx.attribute(ATTRIBUTE);
    if (grip == null || grip.instruct == null || ctx.statusCode() >= 400) {
      return;
    }
    if (!grip.isProxied()) {
      if (grip.settings.config().proxyRequired) {
        ctx.status(501).contentType("text/plain").result("Not Implemented\n");
      }
      return;
    }
    // A held answer to these would get a body that their clients do not expect.
    if (!ctx.method().equals(HandlerType.HEAD) && !ctx.method().equals(HandlerType.OPTIONS)) {
      InstructAnswer.write(ctx, grip.instruct);
    }
  }
}
