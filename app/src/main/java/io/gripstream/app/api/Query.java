package io.gripstream.app.api;

import io.gripstream.app.config.Nearest;
import io.gripstream.app.config.Printable;
import io.gripstream.grip.internal.PercentText;
import io.javalin.http.Context;
import java.util.List;

/** Checks the query of a request to the API, so that no mistake is ignored silently. */
final class Query {
  private Query() {}

  /** @throws ApiException if it has an unknown parameter, or one that cannot be decoded */
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

  /**
   * A whole number.
   *
   * @throws ApiException if it is not a whole number, or out of range
   */
  static long number(Context ctx, String name, long min, long max, long fallback) {
    String text = ctx.queryParam(name);
    if (text == null) {
      return fallback;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notOne) {
      // Refused below, like a number out of range.
    }
    throw new ApiException(
        ApiError.BAD_REQUEST,
        "query parameter " + name + " must be a whole number from " + min
            + (max == Long.MAX_VALUE ? "" : " to " + max) + ", not \"" + Printable.of(text) + "\"");
  }
}
