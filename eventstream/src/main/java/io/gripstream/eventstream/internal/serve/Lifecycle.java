package io.gripstream.eventstream.internal.serve;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stopped, sending, serving, closed: each step happens once, on the first call. The steps block for
 * storage under this lock on purpose: no caller may continue before they are done.
 */
public final class Lifecycle {
  private final Runnable sending;
  private final Consumer<@Nullable String> serving;
  private volatile boolean isSending;
  private boolean isServing;
  private volatile boolean isClosed;

  /** @param serving receives the path of streams; null: none */
  public Lifecycle(Runnable sending, Consumer<@Nullable String> serving) {
    this.sending = sending;
    this.serving = serving;
  }

  /** @throws IllegalStateException if closed */
  public void startSending() {
    if (isSending && !isClosed) {
      return;
    }
    synchronized (this) {
      if (isClosed) {
        throw new IllegalStateException("the event stream is closed");
      }
      if (!isSending) {
        sending.run();
        isSending = true;
      }
    }
  }

  /**
   * Also starts sending. Only the first path has an effect.
   *
   * @throws IllegalStateException if closed
   */
  public synchronized void startServing(@Nullable String path) {
    startSending();
    if (!isServing) {
      serving.accept(path);
      isServing = true;
    }
  }

  /** @return whether this call closed it */
  public synchronized boolean close() {
    boolean first = !isClosed;
    isClosed = true;
    return first;
  }
}
