package io.gripstream.eventstream.internal.direct;

import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.util.Callback;

/**
 * A write that Jetty finishes: at once, or later on any thread. Only the latter is told to the
 * outlet.
 */
final class PendingWrite implements Callback {
  private enum State {
    STARTED,
    LEFT_PENDING,
    DONE
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.STARTED);
  private final Outlet outlet;

  PendingWrite(Outlet outlet) {
    this.outlet = outlet;
  }

  /** To be asked once, after the write was started. */
  boolean isDoneAtOnce() {
    return !state.compareAndSet(State.STARTED, State.LEFT_PENDING);
  }

  @Override
  public void succeeded() {
    if (!state.compareAndSet(State.STARTED, State.DONE)) {
      outlet.written();
    }
  }

  @Override
  public void failed(Throwable cause) {
    outlet.gone();
  }

  /** It hands over to a loop, and so may run on a selector's thread. */
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
