package io.gripstream.eventstream.internal.direct;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The shared tools of the streams of one loop.
 *
 * @param run shared, since one stream writes at a time
 * @param delivered number of events written, counted per stream; set on the loop only
 */
record Workbench(
    Loop loop, WriteRun run, DirectSettings settings, Replays replays, AtomicLong delivered) {
  Workbench(Loop loop, DirectSettings settings, Replays replays) {
    this(loop, new WriteRun(), settings, replays, new AtomicLong());
  }

  /** Counts events written to a stream. On the loop only. */
  void delivering(long events) {
    delivered.setRelease(delivered.getPlain() + events);
  }
}
