package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/**
 * Headers that restrict an answer in a browser: it runs no code of other servers, is in no frame of
 * another page, and keeps its content type. Streams have none of them: the library writes their
 * headers.
 */
public final class SafeHeaders {
  /** For answers that are not pages. */
  public static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

  /** Only files of this server: the content of an event is never markup or script. */
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
          // For this host only: the operator decides about the other hosts of its domain.
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
   * Whether the client uses TLS, according to the program in front. A client may claim it, which
   * only makes its own cookie stricter.
   */
  static boolean isSecure(Context ctx) {
    return "https".equalsIgnoreCase(ctx.header("X-Forwarded-Proto"))
        || "https".equals(ctx.scheme());
  }
}
