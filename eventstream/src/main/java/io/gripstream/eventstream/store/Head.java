package io.gripstream.eventstream.store;

/**
 * The newest id of a channel and how far it was trimmed. Counters survive trimming: {@code trimmed
 * <= last} always.
 *
 * @param last the newest id, 0 if there was never an event
 * @param trimmed the highest id that retention has removed, 0 if none
 */
public record Head(long last, long trimmed) {
  /** The head of a channel that never had an event. */
  public static final Head EMPTY = new Head(0, 0);
}
