package io.gripstream.eventstream.internal.direct;

/**
 * How far streams are behind what was published.
 *
 * @param streams number of streams that are behind
 * @param events number of events that the slowest of them has to get from the shared log; what it
 *     has to read from storage before is not counted
 */
public record Lag(int streams, long events) {
  static final Lag NONE = new Lag(0, 0);

  Lag with(Lag other) {
    return new Lag(streams + other.streams, Math.max(events, other.events));
  }
}
