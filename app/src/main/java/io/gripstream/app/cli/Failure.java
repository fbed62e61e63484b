package io.gripstream.app.cli;

/** A command did not do what it was asked to. The message is one line that says what to do. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message, null, false, false);
  }
}
