package io.gripstream.eventstream.internal.serve;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stopped, sending, serving, closed: the first call does the steps to get there. If a step fails,
 * the next call goes on with this step, and repeats none that is done. The steps block for storage
 * under this lock on purpose: no caller may continue before they are done.
 */
public final class Lifecycle {
  private final Steps sending;
  private final Steps serving;
  private volatile boolean isSending;
  private volatile boolean isClosed;

  /** @param serving receive the path of streams; null: none */
  public Lifecycle(List<Runnable> sending, List<Consumer<@Nullable String>> serving) {
    this.sending = new Steps(sending.stream()
        .<Consumer<@Nullable String>>map(step -> path -> step.run())
        .toList());
    this.serving = new Steps(serving);
  }

  /** Steps of which each is done once. */
  private static final class Steps {
    private final List<Consumer<@Nullable String>> all;
    private int done;

    Steps(List<Consumer<@Nullable String>> all) {
      this.all = List.copyOf(all);
    }

    void finish(@Nullable String path) {
      for (; done < all.size(); done++) {
        all.get(done).accept(path);
      }
    }
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
      sending.finish(null);
      isSending = true;
    }
  }

  /**
   * Also starts sending. Only the first path has an effect.
   *
   * @throws IllegalStateException if closed
   */
  public synchronized void startServing(@Nullable String path) {
    startSending();
    serving.finish(path);
  }

  /** @return whether this call closed it */
  public synchronized boolean close() {
    boolean first = !isClosed;
    isClosed = true;
    return first;
  }
}
