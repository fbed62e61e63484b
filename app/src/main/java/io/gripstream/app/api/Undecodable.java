package io.gripstream.app.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;

/**
 * Answers requests whose path cannot be decoded. They arrive under a reserved path, so that they
 * get the usual answer: to HEAD without a body, to pages of allowed origins with CORS headers.
 */
public final class Undecodable {
  private static final String API = "/api/";
  private static final String NAME = "~undecodable";
  private static final String TEXT =
      "this is not an HTTP request with a path in valid UTF-8 and percent-encoding";

  private Undecodable() {}

  /** Returns the path that replaces a target that cannot be decoded. */
  public static String instead(String target) {
    return target.startsWith(API) ? API + NAME : "/" + NAME;
  }

  static void register(RoutesConfig routes) {
    routes.before("/" + NAME, Undecodable::answer);
    routes.before(API + NAME, Undecodable::answer);
  }

  private static void answer(Context ctx) {
    if (ctx.path().startsWith(API)) {
      throw new ApiException(ApiError.BAD_REQUEST, TEXT);
    }
    SafeHeaders.write(ctx);
    ctx.header("Cache-Control", "no-store")
        .status(400)
        .contentType("text/plain; charset=utf-8")
        .result(sentence(TEXT))
        .skipRemainingHandlers();
  }

  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".\n";
  }
}
