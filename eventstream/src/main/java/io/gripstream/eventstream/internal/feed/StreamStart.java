package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.InitialEvent;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResetReason;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A granted stream, ready to begin in either mode.
 *
 * @param position where reading begins
 * @param unbroken no event after it may be missing: {@code position} without rewinding
 * @param head the newest position of storage when it was read: live events are joined no earlier
 * @param resets the channels whose history does not reach back, by name
 * @param isNew whether the client came without a position
 * @param opening the first bytes of the stream
 */
public record StreamStart(
    Subscription subscription,
    Position position,
    Position unbroken,
    Position head,
    Map<String, ResetReason> resets,
    boolean isNew,
    byte[] opening) {
  /** Returns a start without initial events. */
  public static StreamStart of(Subscription subscription, Start start) {
    return of(subscription, start, List.of(), String::valueOf);
  }

  /**
   * @param initial the events that only this client gets first
   * @param text writes their data
   */
  public static StreamStart of(
      Subscription subscription,
      Start start,
      List<InitialEvent> initial,
      Function<@Nullable Object, String> text) {
    return new StreamStart(
        subscription,
        start.position(),
        start.unbroken(),
        start.head(),
        start.resets(),
        start.isNew(),
        Opening.bytes(start, initial, text));
  }
}
