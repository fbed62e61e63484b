package io.gripstream.eventstream.store;

/**
 * How far a channel reaches. Counters survive trimming: {@code trimmed <= last} always.
 *
 * @param last the newest id, 0 if there was never an event
 * @param trimmed the highest id that retention has removed, 0 if none
 */
public record Head(long last, long trimmed) {
  /** A channel that never had an event. */
  public static final Head EMPTY = new Head(0, 0);
}
