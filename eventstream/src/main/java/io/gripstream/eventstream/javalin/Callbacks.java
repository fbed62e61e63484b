package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.internal.door.Sink;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** Passes on how a write ended. */
final class Callbacks {
  private Callbacks() {}

  /** It hands over to a loop, so it may run on a selector's thread. */
  static Callback of(Sink.Done done) {
    return Callback.from(InvocationType.NON_BLOCKING, done::succeeded, done::failed);
  }
}
