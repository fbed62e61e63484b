package io.gripstream.eventstream;

import io.gripstream.grip.GripRequest;
import io.gripstream.grip.ProxyTrust;
import io.javalin.http.Context;
import java.util.Collections;

/** What a request of Javalin's says of the proxy that it came through. */
record Forwarded(ProxyTrust trust, GripRequest request) {
  private static final String ATTRIBUTE = Forwarded.class.getName();

  /**
   * As far as it is believed; else it is a direct one. Read once per request, however often it is
   * asked for: a signature costs time, and one that is refused is counted.
   */
  static GripRequest read(Context ctx, ProxyTrust trust) {
    Forwarded known = ctx.attribute(ATTRIBUTE);
    if (known == null || known.trust() != trust) {
      known = new Forwarded(
          trust,
          trust.read(
              name -> Collections.list(ctx.req().getHeaders(name)), ctx.req().getRemoteAddr()));
      ctx.attribute(ATTRIBUTE, known);
    }
    return known.request();
  }
}
