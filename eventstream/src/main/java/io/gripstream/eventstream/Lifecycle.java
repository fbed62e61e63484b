package io.gripstream.eventstream;

/**
 * Stopped, sending, serving, closed: each step is taken once, whoever asks first. The steps block
 * for storage, so they run under this lock on purpose: nobody may go on before they are done.
 */
final class Lifecycle {
  private final Runnable sending;
  private final Runnable serving;
  private volatile boolean isSending;
  private boolean isServing;
  private volatile boolean isClosed;

  Lifecycle(Runnable sending, Runnable serving) {
    this.sending = sending;
    this.serving = serving;
  }

  /** @throws IllegalStateException if closed */
  void startSending() {
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

  /** @throws IllegalStateException if closed */
  synchronized void startServing() {
    startSending();
    if (!isServing) {
      serving.run();
      isServing = true;
    }
  }

  /** @return whether this call closed it */
  synchronized boolean close() {
    boolean first = !isClosed;
    isClosed = true;
    return first;
  }
}
