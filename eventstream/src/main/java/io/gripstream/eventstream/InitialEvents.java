package io.gripstream.eventstream;

import java.util.List;

/**
 * What one client is told first, and nobody else: the state from which later events go on.
 * Immutable.
 *
 * <pre>{@code
 * synchronized (board) { // under which the board is changed and the events about that are sent, too
 *   return InitialEvents.of(new InitialEvent("board", board.toJson()))
 *       .at(events.currentPosition(channels));
 * }
 * }</pre>
 *
 * @param events in this order
 * @param position the position that they are of, as {@link EventStream#currentPosition} or
 *     {@link Sent#position} writes it: an event after it changes what they tell, one before it is
 *     in it already. Empty: not known
 */
public record InitialEvents(List<InitialEvent> events, String position) {
  /** Nothing is told. */
  public static final InitialEvents NONE = new InitialEvents(List.of(), "");

  public InitialEvents {
    events = List.copyOf(events);
  }

  /** These, read at a position that is not known. */
  public static InitialEvents of(InitialEvent... events) {
    return of(List.of(events));
  }

  /** These, read at a position that is not known. */
  public static InitialEvents of(List<InitialEvent> events) {
    return new InitialEvents(events, "");
  }

  /** The same, read at exactly that position. */
  public InitialEvents at(String position) {
    return new InitialEvents(events, position);
  }
}
