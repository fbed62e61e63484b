package io.gripstream.eventstream.direct;

import io.gripstream.eventstream.feed.*;
import io.javalin.http.Context;

public final class DirectStreams implements AutoCloseable {
  public DirectStreams(History history, Live live, DirectOptions options) {}

  public void open(Context ctx, Subscription subscription, Start start, byte[] opening) {
    ctx.result(opening);
  }

  public int end(String user, String channel) {
    return 0;
  }

  public void drain() {}

  @Override
  public void close() {}
}
