package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.StreamMode;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;

/** One of the two modes: the instance or a proxy holds the stream. */
interface Mode {
  StreamMode counted();

  /** Whether this mode refuses a granted stream, and has answered so. */
  boolean refuses(StreamExchange exchange, Subscription subscription);

  /** Answers with a stream. */
  void open(StreamExchange exchange, StreamStart start);
}
