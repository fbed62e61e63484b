package io.gripstream.app.server;

import io.gripstream.app.config.Printable;
import io.gripstream.app.log.Access;
import io.javalin.http.Context;
import java.util.regex.Pattern;

/**
 * Logs each request at its end, and a direct stream at its beginning. Never the query, which may
 * contain anything, and never the token of a link for a proxy.
 */
final class AccessLog {
  /** The segment of such a link, which a server in front may encode, and its token. */
  private static final Pattern TOKEN =
      Pattern.compile("/(?:~|%7[Ee])(next|gone|keep)/.*", Pattern.DOTALL);

  private AccessLog() {}

  static void log(Context ctx, Float millis) {
    Access.log(
        ctx.ip(),
        ctx.method().name(),
        Printable.of(TOKEN.matcher(ctx.path()).replaceFirst("/~$1/…")),
        ctx.statusCode(),
        millis);
  }
}
