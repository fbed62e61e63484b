package io.gripstream.app.server;

import io.gripstream.app.config.Printable;
import io.gripstream.app.log.Access;
import io.javalin.http.Context;

/**
 * Logs each request at its end, and a direct stream at its beginning. Never the query, which may
 * contain anything, and never the token of a follow-up.
 */
final class AccessLog {
  private static final String FOLLOW_UP = "/~next/";

  private AccessLog() {}

  static void log(Context ctx, Float millis) {
    String path = ctx.path();
    int token = path.indexOf(FOLLOW_UP);
    Access.log(
        ctx.ip(),
        ctx.method().name(),
        Printable.of(token < 0 ? path : path.substring(0, token + FOLLOW_UP.length()) + "…"),
        ctx.statusCode(),
        millis);
  }
}
