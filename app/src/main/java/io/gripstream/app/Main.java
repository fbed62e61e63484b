package io.gripstream.app;

import io.gripstream.app.cli.Gripstream;
import io.gripstream.app.log.LastingLogManager;

/** The server and its command line. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the process with its exit code: 0 success, 1 failure, 2 wrong usage.
   */
  public static void main(String[] args) {
    // By its name alone: once the class is initialized, the JDK has chosen its own.
    System.setProperty("java.util.logging.manager", LastingLogManager.class.getName());
    System.exit(Gripstream.run(System.getenv(), args));
  }
}
