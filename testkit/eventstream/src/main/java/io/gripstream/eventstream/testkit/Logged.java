package io.gripstream.eventstream.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged, if the logger writes to the error stream, as SLF4J's simple one does. */
public final class Logged {
  private Logged() {}

  /** What is done meanwhile. */
  public interface Action {
    void run() throws IOException;
  }

  /** Everything that any thread logs while this is done. */
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
