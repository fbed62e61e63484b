package io.gripstream.app.api;

/** A request is refused. The message is one sentence for its sender; it names value and rule. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ApiError error;

  ApiException(ApiError error, String message) {
    super(message, null, false, false);
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
