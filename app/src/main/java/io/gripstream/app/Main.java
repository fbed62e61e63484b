package io.gripstream.app;

import io.gripstream.app.cli.Gripstream;

/** The server and its command line. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the process with its exit code: 0 success, 1 failure, 2 wrong usage.
   */
  public static void main(String[] args) {
    System.exit(Gripstream.run(System.getenv(), args));
  }
}
