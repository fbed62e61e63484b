package io.gripstream.app.server;

import io.gripstream.app.config.Printable;
import io.gripstream.app.log.Access;
import io.javalin.http.Context;

/**
 * Logs each request when it is over; a stream that we hold ourselves, when it begins. Never the
 * query, which may have anything in it, and of a follow-up not the token.
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
