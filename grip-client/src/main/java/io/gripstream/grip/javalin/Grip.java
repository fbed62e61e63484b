package io.gripstream.grip.javalin;

import io.gripstream.grip.GripPrefix;
import io.gripstream.grip.GripRequest;
import io.gripstream.grip.HeaderSource;
import io.gripstream.grip.Instruct;
import io.gripstream.grip.internal.jetty.PeerAddress;
import io.gripstream.grip.publish.Publisher;
import io.gripstream.grip.websocket.MetaKey;
import io.gripstream.grip.websocket.WebSocketContext;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, as a proxy sees them. Use it in one thread at a time, like the context.
 */
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
   * Returns the GRIP part of this request.
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
    return new Grip(settings, settings.trust().read(headers(ctx), PeerAddress.of(ctx.req())));
  }

  static HeaderSource headers(Context ctx) {
    return name -> Collections.list(ctx.req().getHeaders(name));
  }

  /** The proxy's statements about the request. */
  public GripRequest request() {
    return request;
  }

  /** Returns whether a proxy forwarded the request, so that an instruct has an effect. */
  public boolean isProxied() {
    return request.isProxied();
  }

  /** The publisher to the proxies, with the configured prefix. */
  public Publisher publisher() {
    return settings.publisher();
  }

  /**
   * Sends this instruct with the answer, once the handler is done. The proxy then holds the
   * connection, or follows a link to the next page. The configured prefix is added. A later call
   * replaces an earlier one.
   *
   * <p>The status and the result of the context are the answer that the client gets immediately
   * (stream) or at the timeout (response). The instruct is left out if the answer becomes 400 or
   * above, for example because of a later exception, and for {@code HEAD} and {@code OPTIONS}. To
   * hold an error, use {@link Instruct.Builder#status(int)}.
   *
   * @param instruct with the application's names of channels, without a prefix
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

  /** Before the handlers: refuses WebSocket events that no proxy forwarded. */
  static void refuseForgedEvents(Context ctx) {
    if (WebSocketContext.isFor(headers(ctx)) && !of(ctx).isProxied()) {
      ctx.status(403).contentType("text/plain").result("not forwarded by a known GRIP proxy\n");
      ctx.skipRemainingHandlers();
    }
  }

  /** After the handlers: the only place where an instruct is added to an answer. */
  static void apply(Context ctx) {
    Grip grip = ctx.attribute(ATTRIBUTE);
    if (grip == null || grip.instruct == null || ctx.statusCode() >= 400) {
      return;
    }
    if (!grip.isProxied()) {
      if (grip.settings.config().isProxyRequired) {
        ctx.status(501).contentType("text/plain").result("Not Implemented\n");
      }
      return;
    }
    // A held answer to these methods would get a body that their clients do not expect.
    if (!ctx.method().equals(HandlerType.HEAD) && !ctx.method().equals(HandlerType.OPTIONS)) {
      InstructAnswer.write(ctx, grip.instruct);
    }
  }
}
