package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/**
 * Headers that tell a browser what an answer may not do: run what is not of this server, lie in a
 * frame of another page, be taken for another type. Streams have none of them: their bytes are
 * those of the library.
 */
public final class SafeHeaders {
  /** For answers that are no pages. */
  public static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

  /** Only files of this server, and only as files: what events hold is never markup or script. */
  private static final String OWN = "default-src 'self'; object-src 'none'; base-uri 'none';"
      + " form-action 'self'; frame-ancestors 'none'";

  private static final long YEAR_SECONDS = 31_536_000;

  private SafeHeaders() {}

  static void register(RoutesConfig routes) {
    for (String path : new String[] {
      "/", "/api/*", "/console/*", "/demo/*", "/health/*", "/metrics", "/openapi.yaml"
    }) {
      routes.before(path, ctx -> {
        ctx.header("Content-Security-Policy", NOTHING)
            .header("X-Content-Type-Options", "nosniff")
            .header("X-Frame-Options", "DENY")
            .header("Referrer-Policy", "no-referrer");
        if (isSecure(ctx)) {
          // Of this host only: what else its domain serves is not ours to decide.
          ctx.header("Strict-Transport-Security", "max-age=" + YEAR_SECONDS);
        }
      });
    }
  }

  /** For a page, a script or a style of the server. */
  static void ofPage(Context ctx) {
    ctx.header("Content-Security-Policy", OWN).header("Cross-Origin-Opener-Policy", "same-origin");
  }

  /**
   * Whether the client speaks TLS, as the program in front says. Anybody may say so, of itself
   * only: it makes a cookie of its own stricter.
   */
  static boolean isSecure(Context ctx) {
    return "https".equalsIgnoreCase(ctx.header("X-Forwarded-Proto"))
        || "https".equals(ctx.scheme());
  }
}
