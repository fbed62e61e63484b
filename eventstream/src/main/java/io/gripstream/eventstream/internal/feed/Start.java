package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResetReason;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The beginning of a stream.
 *
 * @param resumed the client's position: the id of {@code stream-open}. A client that loses its
 *     connection right after it returns with the same position, and is reset again if necessary
 * @param position where reading begins: {@code resumed}, except at the head in channels that are
 *     reset
 * @param unbroken no event after it may be missing: {@code position} without rewinding
 * @param head the newest position of storage when it was read: live events are joined no earlier
 * @param resets the channels whose history does not reach back, by name
 * @param isNew whether the client came without a position
 */
public record Start(
    Position resumed,
    Position position,
    Position unbroken,
    Position head,
    Map<String, ResetReason> resets,
    boolean isNew) {
  public Start {
    resets = Collections.unmodifiableMap(new TreeMap<>(resets));
  }

  /** The reliable channels that do not continue at the client's position, by name. */
  public List<String> startingAnew() {
    return isNew ? position.channels() : List.copyOf(resets.keySet());
  }

  /** Returns the same start with those channels beginning at {@code there}. */
  Start startingAt(Position there, Position head) {
    Position moved = position;
    for (String channel : startingAnew()) {
      moved = moved.with(channel, there.id(channel));
    }
    return new Start(isNew ? moved : resumed, moved, moved, head, resets, isNew);
  }

  /** Returns the start of a new stream that begins with events before this one. */
  Start rewoundTo(Position past) {
    return new Start(past, past, unbroken, head, resets, isNew);
  }
}
