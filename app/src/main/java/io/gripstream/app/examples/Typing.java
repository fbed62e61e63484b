package io.gripstream.app.examples;

import io.gripstream.eventstream.ChannelRules;
import io.gripstream.eventstream.EventStream;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.function.Function;

/**
 * Tells a room which members are typing, on a separate channel: it is unreliable, so nothing is
 * stored.
 */
final class Typing {
  /** The channel beside that of a room. */
  static final String IN_ROOM = "{room}.typing";

  private static final String ENDING = ".typing";

  private Typing() {}

  static ChannelRules rules(String channel) {
    return channel.endsWith(ENDING) ? ChannelRules.DEFAULT.unreliable() : ChannelRules.DEFAULT;
  }

  /** The room whose members may read a channel. */
  static String room(String channel) {
    return channel.endsWith(ENDING)
        ? channel.substring(0, channel.length() - ENDING.length())
        : channel;
  }

  /** @param member returns the member that asks, and refuses other users */
  static void serve(
      JavalinConfig config, String path, EventStream events, Function<Context, String> member) {
    config.routes.post(
        path + "/{room}/typing",
        ctx -> events.send(ctx.pathParam("room") + ENDING, "typing", member.apply(ctx)));
  }
}
