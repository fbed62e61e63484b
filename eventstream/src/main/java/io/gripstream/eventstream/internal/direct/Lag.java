package io.gripstream.eventstream.internal.direct;

/**
 * The distance of streams from the newest published event.
 *
 * @param streams number of streams that are behind
 * @param events number of events that the slowest stream still gets from the shared log; events
 *     that it reads from storage before do not count
 */
public record Lag(int streams, long events) {
  static final Lag NONE = new Lag(0, 0);

  Lag with(Lag other) {
    return new Lag(streams + other.streams, Math.max(events, other.events));
  }
}
