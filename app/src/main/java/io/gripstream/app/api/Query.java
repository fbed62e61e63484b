package io.gripstream.app.api;

import io.gripstream.app.config.Nearest;
import io.gripstream.app.config.Printable;
import io.gripstream.grip.internal.PercentText;
import io.javalin.http.Context;
import java.util.List;

/** The query of a request to the API: nothing in it is left out in silence. */
final class Query {
  private Query() {}

  /**
   * @throws ApiException if it has a parameter that is not known here, or that cannot be decoded
   */
  static void check(Context ctx, String... known) {
    List<String> names = List.of(known);
    for (String name : ctx.queryParamMap().keySet()) {
      if (!names.contains(name)) {
        throw new ApiException(
            ApiError.BAD_REQUEST,
            "unknown query parameter \"" + Printable.of(name) + "\"" + Nearest.hint(name, names));
      }
    }
    String undecodable = PercentText.undecodable(ctx.queryString(), names::contains);
    if (undecodable != null) {
      throw new ApiException(
          ApiError.BAD_REQUEST, "query parameter " + undecodable + " is not percent-encoded UTF-8");
    }
  }
}
