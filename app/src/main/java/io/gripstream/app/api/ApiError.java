package io.gripstream.app.api;

import java.util.Locale;
import java.util.Map;

/** What can be wrong with a request, with its status (RFC 9110) and the code in the answer. */
enum ApiError {
  BAD_REQUEST(400),
  UNAUTHORIZED(401),
  FORBIDDEN(403),
  NOT_FOUND(404),
  TOO_LARGE(413),
  UNSUPPORTED_MEDIA_TYPE(415),
  TOO_MANY_REQUESTS(429),
  UNAVAILABLE(503);

  private final int status;

  ApiError(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code {"error":{"code","message"}}}. */
  Map<String, Object> body(String message) {
    return Map.of("error", new Content(code(), message));
  }

  private record Content(String code, String message) {}
}
