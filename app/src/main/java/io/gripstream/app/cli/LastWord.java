package io.gripstream.app.cli;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a server in which a thread met an {@link Error}. Stored events are safe, clients return, and
 * a supervisor restarts the server; a half-working server would prevent both. Java itself does the
 * same when memory runs out, with {@code -XX:+ExitOnOutOfMemoryError} and the same exit code.
 */
final class LastWord implements Thread.UncaughtExceptionHandler {
  /** The same as Java's exit code when memory runs out. */
  static final int EXIT_CODE = 3;

  private static final Logger LOG = LoggerFactory.getLogger(LastWord.class);

  /** Made in advance, while there is memory. */
  private static final byte[] WITHOUT_MEMORY =
      "ERROR A thread failed, and its error cannot be logged; the server exits\n"
          .getBytes(StandardCharsets.US_ASCII);

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    if (!(failure instanceof Error)) {
      LOG.error("Thread {} ended with an unexpected exception", thread.getName(), failure);
      return;
    }
    try {
      LOG.error(
          "Thread {} failed with an error from which the process cannot recover",
          thread.getName(),
          failure);
      LOG.error(
          "The server exits with code {} and expects to be restarted: {}",
          EXIT_CODE,
          failure.toString());
    } catch (Throwable again) {
      System.err.write(WITHOUT_MEMORY, 0, WITHOUT_MEMORY.length);
      System.err.flush();
    } finally {
      // Shutdown hooks could wait for the broken threads.
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }
}
