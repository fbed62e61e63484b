package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResetReason;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a stream begins.
 *
 * @param resumed what the client has: the id of {@code stream-open}. A client that is cut right
 *     after it comes back with the same, and is reset again if it must be
 * @param position where reading begins: {@code resumed}, but at the head in channels that are reset
 * @param head what storage had reached when it was asked: live events are joined no earlier
 * @param resets the channels whose history does not reach back, by name
 * @param isNew whether the client came without a position
 */
public record Start(
    Position resumed,
    Position position,
    Position head,
    Map<String, ResetReason> resets,
    boolean isNew) {
  public Start {
    resets = Collections.unmodifiableMap(new TreeMap<>(resets));
  }

  /** The reliable channels that do not go on from where the client left off, by name. */
  public List<String> startingAnew() {
    return isNew ? position.channels() : List.copyOf(resets.keySet());
  }

  /** The same, but that those channels begin there. */
  Start startingAt(Position there, Position head) {
    Position moved = position;
    for (String channel : startingAnew()) {
      moved = moved.with(channel, there.id(channel));
    }
    return new Start(isNew ? moved : resumed, moved, head, resets, isNew);
  }
}
