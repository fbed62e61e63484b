package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.Cors;
import io.gripstream.eventstream.internal.door.StreamExchange;

/** Writes the headers of every answer of a stream's path. */
record StreamHeaders(Cors cors) {
  void write(StreamExchange exchange) {
    exchange.setHeader("Content-Type", "text/event-stream");
    exchange.setHeader("Cache-Control", "no-cache, no-store, private, no-transform");
    exchange.setHeader("X-Accel-Buffering", "no");
    CorsHeaders.write(cors, exchange);
  }
}
