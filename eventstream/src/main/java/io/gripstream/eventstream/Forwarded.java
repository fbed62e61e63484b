package io.gripstream.eventstream;

import io.gripstream.grip.GripRequest;
import io.gripstream.grip.ProxyTrust;
import io.javalin.http.Context;
import java.util.Collections;

/** What a request of Javalin's says of the proxy that it came through. */
final class Forwarded {
  private Forwarded() {}

  /** As far as it is believed; else it is a direct one. */
  static GripRequest read(Context ctx, ProxyTrust trust) {
    return trust.read(
        name -> Collections.list(ctx.req().getHeaders(name)), ctx.req().getRemoteAddr());
  }
}
