package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.proxied.ProxiedStreams;

/** A proxy holds the connection. */
record ProxiedMode(ProxiedStreams streams) implements Mode {
  @Override
  public StreamMode counted() {
    return StreamMode.PROXIED;
  }

  @Override
  public boolean refuses(StreamExchange exchange, Subscription subscription) {
    return streams.refuses(exchange, subscription);
  }

  @Override
  public void open(StreamExchange exchange, StreamStart start) {
    streams.open(exchange, start);
  }
}
