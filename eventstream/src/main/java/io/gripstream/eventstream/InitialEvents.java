package io.gripstream.eventstream;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first events of one client: the state to which later events refer. Immutable and thread-safe.
 *
 * <pre>{@code
 * synchronized (board) { // the lock under which the board is changed and its events are sent
 *   return InitialEvents.of(new InitialEvent("board", board.toJson()))
 *       .at(events.currentPosition(channels));
 * }
 * }</pre>
 */
public final class InitialEvents {
  /** No initial events. */
  public static final InitialEvents NONE = new InitialEvents(List.of(), null);

  private final List<InitialEvent> events;
  private final @Nullable StreamPosition position;

  private InitialEvents(List<InitialEvent> events, @Nullable StreamPosition position) {
    this.events = events;
    this.position = position;
  }

  /** These events, in this order, read at an unknown position. */
  public static InitialEvents of(InitialEvent... events) {
    return of(List.of(events));
  }

  /** These events, in this order, read at an unknown position. */
  public static InitialEvents of(List<InitialEvent> events) {
    return new InitialEvents(List.copyOf(events), null);
  }

  /**
   * One event of this type for each of these data, in their order, read at an unknown position. Use
   * it for a list whose new entries come as events of the same type.
   */
  public static InitialEvents of(String type, Collection<?> data) {
    return of(data.stream().map(one -> new InitialEvent(type, one)).toList());
  }

  /**
   * Returns a copy that states the position at which these events were read: their state contains
   * the changes of all events up to it, and of no event after it.
   *
   * @param position from {@link EventStream#currentPosition} or {@link Sent#position};
   *     {@link StreamPosition#EMPTY}: unknown
   */
  public InitialEvents at(StreamPosition position) {
    return new InitialEvents(events, position.isEmpty() ? null : position);
  }

  /** The events, in this order. Unmodifiable. */
  public List<InitialEvent> events() {
    return events;
  }

  /** The position at which they were read; empty: unknown. */
  public Optional<StreamPosition> position() {
    return Optional.ofNullable(position);
  }
}
