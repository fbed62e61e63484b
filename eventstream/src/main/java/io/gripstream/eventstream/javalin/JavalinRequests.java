package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.StreamRequest;
import io.javalin.http.Context;

/** Wraps requests of Javalin for the event stream. Pure functions. */
public final class JavalinRequests {
  private JavalinRequests() {}

  /**
   * Wraps a request of Javalin, for {@link io.gripstream.eventstream.EventStream#isFollowUp} and
   * similar methods. {@code request.unwrap(Context.class)} is the way back.
   */
  public static StreamRequest of(Context ctx) {
    return new JavalinExchange(ctx);
  }
}
