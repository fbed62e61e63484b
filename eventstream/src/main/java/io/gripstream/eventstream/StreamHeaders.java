package io.gripstream.eventstream;

import io.javalin.http.Context;

/** The headers that every answer of a stream's path has, whoever asks. */
record StreamHeaders(Cors cors) {
  void write(Context ctx) {
    ctx.contentType("text/event-stream");
    ctx.header("Cache-Control", "no-cache, no-store, private, no-transform");
    ctx.header("X-Accel-Buffering", "no");
    cors.apply(ctx);
  }
}
