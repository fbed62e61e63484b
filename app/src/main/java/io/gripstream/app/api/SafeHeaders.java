package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;

/**
 * Headers that restrict an answer in a browser: it runs no code of other servers, is in no frame of
 * another page, and keeps its content type. Streams have none of them: the library writes their
 * headers.
 */
public final class SafeHeaders {
  private static final String POLICY = "Content-Security-Policy";
  private static final String STREAM = "text/event-stream";

  /** For answers that are not pages: a page has another policy. */
  public static final Map<String, String> OF_EVERY_ANSWER = Map.of(
      POLICY,
      "default-src 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options",
      "nosniff",
      "X-Frame-Options",
      "DENY",
      "Referrer-Policy",
      "no-referrer");

  /** Only files of this server: the content of an event is never markup or script. */
  private static final String OWN = "default-src 'self'; object-src 'none'; base-uri 'none';"
      + " form-action 'self'; frame-ancestors 'none'";

  private static final long YEAR_SECONDS = 31_536_000;

  private SafeHeaders() {}

  static void register(RoutesConfig routes) {
    routes.after(ctx -> {
      String type = ctx.res().getContentType();
      if (type == null || !type.startsWith(STREAM)) {
        write(ctx);
      }
    });
  }

  /** For an answer after which no other handler is called. */
  static void write(Context ctx) {
    OF_EVERY_ANSWER.forEach((name, value) -> {
      if (!ctx.res().containsHeader(name)) {
        ctx.header(name, value);
      }
    });
    if (isSecure(ctx)) {
      // For this host only: the operator decides about the other hosts of its domain.
      ctx.header("Strict-Transport-Security", "max-age=" + YEAR_SECONDS);
    }
  }

  /** For a page, a script or a style of the server. */
  static void ofPage(Context ctx) {
    ctx.header(POLICY, OWN).header("Cross-Origin-Opener-Policy", "same-origin");
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
