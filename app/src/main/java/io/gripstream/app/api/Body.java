package io.gripstream.app.api;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/** The body of a request to the API. */
final class Body {
  static final String JSON = "application/json";
  static final String NDJSON = "application/x-ndjson";

  private Body() {}

  /**
   * What the body is. A web page cannot send these types to another origin without asking first.
   *
   * @throws ApiException if it is not one of {@code allowed}
   */
  static String mediaType(Context ctx, List<String> allowed) {
    String type = ctx.contentType();
    String bare = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!allowed.contains(bare)) {
      throw new ApiException(
          ApiError.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type must be " + String.join(" or ", allowed)
              + (type == null ? ", and there is none" : ""));
    }
    return bare;
  }

  /** @throws ApiException if it is longer than that */
  static byte[] read(Context ctx, int maxBytes) {
    if (ctx.req().getContentLengthLong() > maxBytes) {
      throw tooLarge(maxBytes);
    }
    try {
      InputStream in = ctx.req().getInputStream();
      byte[] bytes = in.readNBytes(maxBytes);
      if (bytes.length == maxBytes && in.read() >= 0) {
        throw tooLarge(maxBytes);
      }
      return bytes;
    } catch (IOException e) {
      throw new ApiException(ApiError.BAD_REQUEST, "the body did not arrive whole");
    }
  }

  private static ApiException tooLarge(int maxBytes) {
    return new ApiException(
        ApiError.TOO_LARGE, "the body is longer than " + maxBytes + " bytes (max_body_bytes)");
  }
}
