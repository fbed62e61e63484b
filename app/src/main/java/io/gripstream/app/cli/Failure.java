package io.gripstream.app.cli;

/** Says that a command failed. The message is one line with advice. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message, null, false, false);
  }
}
