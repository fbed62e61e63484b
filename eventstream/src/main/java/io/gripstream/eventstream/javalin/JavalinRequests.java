package io.gripstream.eventstream.javalin;

import io.gripstream.eventstream.StreamRequest;
import io.javalin.http.Context;

/** Javalin's requests as those of the event stream. Pure functions. */
public final class JavalinRequests {
  private JavalinRequests() {}

  /**
   * A request of Javalin's, for {@link io.gripstream.eventstream.EventStream#isFollowUp} and the
   * like. The way back is {@code request.unwrap(Context.class)}.
   */
  public static StreamRequest of(Context ctx) {
    return new JavalinExchange(ctx);
  }
}
