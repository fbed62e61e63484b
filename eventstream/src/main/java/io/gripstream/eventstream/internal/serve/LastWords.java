package io.gripstream.eventstream.internal.serve;

import io.gripstream.grip.internal.Threads;

/**
 * Ends streams when the process gets SIGTERM and the application does not stop its server: Javalin
 * has no shutdown hook. Used by the thread that starts and stops the server.
 */
public final class LastWords {
  private final Thread hook;

  public LastWords(Runnable words) {
    this.hook = Threads.daemon("gripstream-last-words", words);
  }

  /** Begins to wait for the end of the process. */
  public void register() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already ending.
    }
  }

  /** Ends it: the server was stopped in order. */
  public void unregister() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is already running.
    }
  }
}
