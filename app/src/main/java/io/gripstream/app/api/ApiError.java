package io.gripstream.app.api;

import java.util.Locale;
import java.util.Map;

/** The errors of a request, with status (RFC 9110) and the code in the answer. */
public enum ApiError {
  BAD_REQUEST(400),
  UNAUTHORIZED(401),
  FORBIDDEN(403),
  NOT_FOUND(404),
  REQUEST_TIMEOUT(408),
  TOO_LARGE(413),
  UNSUPPORTED_MEDIA_TYPE(415),
  TOO_MANY_REQUESTS(429),
  INTERNAL_ERROR(500),
  UNAVAILABLE(503);

  private final int status;

  ApiError(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  /** The error with that status, else the most general one. */
  public static ApiError nearest(int status) {
    if (status == 414 || status == 431) {
      return TOO_LARGE;
    }
    for (ApiError error : values()) {
      if (error.status == status) {
        return error;
      }
    }
    return status < 500 ? BAD_REQUEST : UNAVAILABLE;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code {"error":{"code","message"}}}. */
  public Map<String, Object> body(String message) {
    return Map.of("error", new Content(code(), message));
  }

  private record Content(String code, String message) {}
}
