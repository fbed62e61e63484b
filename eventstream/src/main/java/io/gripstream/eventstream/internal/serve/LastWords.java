package io.gripstream.eventstream.internal.serve;

import io.gripstream.grip.internal.Threads;

/**
 * What is still said when the process is told to end (SIGTERM) and the application does not stop
 * its server: Javalin has no shutdown hook of its own. Used by the thread that starts and stops the
 * server.
 */
public final class LastWords {
  private final Thread hook;

  public LastWords(Runnable words) {
    this.hook = Threads.daemon("gripstream-last-words", words);
  }

  /** From now on. */
  public void register() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already.
    }
  }

  /** No longer: the server was stopped in order. */
  public void unregister() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running.
    }
  }
}
