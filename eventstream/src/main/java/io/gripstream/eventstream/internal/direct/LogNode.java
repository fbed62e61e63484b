package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.feed.LiveEvent;
import io.gripstream.eventstream.internal.sse.Position;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place in a {@link ChannelLog}, between two events. A stream at this place still needs the
 * following event; nodes that no stream needs any more become garbage. The feed's thread appends.
 * Read the event's fields only after {@link #next} was seen.
 */
final class LogNode {
  /** Position of a client that has received everything before this node. */
  final Position position;

  /** Number of events, bytes, events without a history, and gaps before this node. */
  final long events;

  final long bytes;
  final long unstored;
  final int gaps;

  private @Nullable Frame frame;
  private Set<String> skippedUsers = Set.of();
  private volatile @Nullable LogNode next;

  private LogNode(Position position, long events, long bytes, long unstored, int gaps) {
    this.position = position;
    this.events = events;
    this.bytes = bytes;
    this.unstored = unstored;
    this.gaps = gaps;
  }

  static LogNode first(Position position) {
    return new LogNode(position, 0, 0, 0, 0);
  }

  /** Appends an event after this node, which must be the last one. */
  LogNode append(LiveEvent live) {
    Frame appended = Frame.of(live.bytes());
    LogNode after = new LogNode(
        live.position(),
        events + 1,
        bytes + appended.length(true),
        unstored + (live.event().isStored() ? 0 : 1),
        gaps);
    frame = appended;
    skippedUsers = live.event().skippedUsers();
    next = after;
    return after;
  }

  /** The log continues at that position. A stream before this node reads storage to get there. */
  LogNode skip(Position to) {
    return new LogNode(to, events, bytes, unstored, gaps + 1);
  }

  /** The node behind the following event; null as long as there is none. */
  @Nullable
  LogNode next() {
    return next;
  }

  /** The following event. */
  Frame frame() {
    Frame following = frame;
    if (following == null) {
      throw new IllegalStateException("nothing follows the last node");
    }
    return following;
  }

  /** The users that do not get the following event. */
  Set<String> skippedUsers() {
    return skippedUsers;
  }
}
