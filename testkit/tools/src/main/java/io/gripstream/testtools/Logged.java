package io.gripstream.testtools;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Captures log lines, if the logger writes to the error stream, as SLF4J's simple one does. */
public final class Logged {
  private Logged() {}

  /** The code to run meanwhile. */
  public interface Action {
    void run() throws IOException;
  }

  /** Returns everything that any thread logs while the action runs. */
  public static String during(Action action) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(before);
    }
    return log.toString(StandardCharsets.UTF_8);
  }
}
