package io.gripstream.app.log;

import java.util.logging.LogManager;

/**
 * Keeps the handlers until the program has ended. The JDK's log manager removes them when the
 * shutdown begins, while shutdown hooks still log. Public because the JDK makes it.
 */
public final class LastingLogManager extends LogManager {
  /** For the JDK. */
  public LastingLogManager() {}

  /** Called by the JDK when the program begins to end: does nothing. */
  @Override
  public void reset() {}

  /** The usual effect of {@link #reset}. */
  void clear() {
    super.reset();
  }
}
