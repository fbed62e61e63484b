package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.internal.door.Sink;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** How a write ends, as Jetty tells it. */
final class Callbacks {
  private Callbacks() {}

  /** It hands over to a loop, and so may run on a selector's thread. */
  static Callback of(Sink.Done done) {
    return Callback.from(InvocationType.NON_BLOCKING, done::succeeded, done::failed);
  }
}
