package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.internal.direct.Arrival;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;

/** This process holds the connection of one request. */
record DirectMode(Arrival arrival) implements Mode {
  @Override
  public StreamMode counted() {
    return StreamMode.DIRECT;
  }

  /** Limits were checked before storage was asked. */
  @Override
  public boolean refuses(StreamExchange exchange, Subscription subscription) {
    return false;
  }

  @Override
  public void open(StreamExchange exchange, StreamStart start) {
    arrival.open(exchange, start);
  }
}
