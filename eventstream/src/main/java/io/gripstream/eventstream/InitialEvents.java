package io.gripstream.eventstream;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one client is told first, and nobody else: the state from which later events go on.
 * Immutable and thread-safe.
 *
 * <pre>{@code
 * synchronized (board) { // under which the board is changed and the events about that are sent, too
 *   return InitialEvents.of(new InitialEvent("board", board.toJson()))
 *       .at(events.currentPosition(channels));
 * }
 * }</pre>
 */
public final class InitialEvents {
  /** Nothing is told. */
  public static final InitialEvents NONE = new InitialEvents(List.of(), null);

  private final List<InitialEvent> events;
  private final @Nullable StreamPosition position;

  private InitialEvents(List<InitialEvent> events, @Nullable StreamPosition position) {
    this.events = events;
    this.position = position;
  }

  /** These, in this order, read at a position that is not known. */
  public static InitialEvents of(InitialEvent... events) {
    return of(List.of(events));
  }

  /** These, in this order, read at a position that is not known. */
  public static InitialEvents of(List<InitialEvent> events) {
    return new InitialEvents(List.copyOf(events), null);
  }

  /**
   * The same, read at exactly that position: an event after it changes what they tell, an event
   * before it is in it already.
   *
   * @param position as {@link EventStream#currentPosition} or {@link Sent#position} tells it;
   *     {@link StreamPosition#EMPTY}: not known
   */
  public InitialEvents at(StreamPosition position) {
    return new InitialEvents(events, position.isEmpty() ? null : position);
  }

  /** What is told, in this order. Cannot be changed. */
  public List<InitialEvent> events() {
    return events;
  }

  /** The position at which they were read; empty: not known. */
  public Optional<StreamPosition> position() {
    return Optional.ofNullable(position);
  }
}
