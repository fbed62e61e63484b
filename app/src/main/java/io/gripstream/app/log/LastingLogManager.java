package io.gripstream.app.log;

import java.util.logging.LogManager;

/**
 * Keeps the handlers until the program has ended. The JDK's own takes them away as soon as the end
 * begins, beside the shutdown hooks that still have something to say. Public for the JDK, which
 * makes it.
 */
public final class LastingLogManager extends LogManager {
  /** For the JDK. */
  public LastingLogManager() {}

  /** What the JDK calls when the program begins to end: nothing. */
  @Override
  public void reset() {}

  /** What {@link #reset} does elsewhere. */
  void clear() {
    super.reset();
  }
}
