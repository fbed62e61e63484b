package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.internal.door.StreamExchange;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;

/** Who holds a stream's connection: for one request, or for all. */
interface Mode {
  StreamMetrics.Mode counted();

  /** Whether it answers a stream that was granted with a refusal of its own. */
  boolean refuses(StreamExchange exchange, Subscription subscription);

  /** Answers with a stream. */
  void open(StreamExchange exchange, StreamStart start);
}
