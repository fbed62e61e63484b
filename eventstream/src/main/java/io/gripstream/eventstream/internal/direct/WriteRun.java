package io.gripstream.eventstream.internal.direct;

import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run of events that leave in one write: gathered once, and written to all connections at the
 * same place. A loop owns exactly one.
 */
final class WriteRun {
  private static final int MAX_BYTES = 1 << 16;

  private ByteBuffer direct = ByteBuffer.allocateDirect(MAX_BYTES);
  private @Nullable LogNode from;
  private @Nullable LogNode end;
  private boolean isGathered;
  private boolean hasSkips;
  private @Nullable ByteBuffer chunked;
  private @Nullable ByteBuffer bare;

  /** Selects the events between the two nodes: up to the limit, and at least one. */
  void select(LogNode first, LogNode last) {
    if (first == from && end != null && end.events <= last.events) {
      return;
    }
    clear();
    from = first;
    LogNode at = first;
    while (at != last) {
      LogNode next = after(at);
      if (at != first && next.bytes - first.bytes > MAX_BYTES) {
        break;
      }
      hasSkips |= !at.skippedUsers().isEmpty();
      at = next;
    }
    end = at;
  }

  /** Drops the events, so that they become garbage. */
  void clear() {
    from = null;
    end = null;
    isGathered = false;
    hasSkips = false;
    chunked = null;
    bare = null;
  }

  LogNode end() {
    return selected(end);
  }

  /** Number of its events. */
  long count() {
    return end().events - selected(from).events;
  }

  boolean skips(@Nullable String user) {
    if (!hasSkips || user == null) {
      return false;
    }
    for (LogNode at = selected(from); at != end; at = after(at)) {
      if (at.skippedUsers().contains(user)) {
        return true;
      }
    }
    return false;
  }

  /** All events as chunks, for a socket; valid until the next call. */
  ByteBuffer direct() {
    if (!isGathered) {
      int length = length(true);
      if (direct.capacity() < length || (direct.capacity() > MAX_BYTES && length <= MAX_BYTES)) {
        direct = ByteBuffer.allocateDirect(Math.max(MAX_BYTES, length));
      }
      direct.clear();
      copyTo(direct, true, null);
      isGathered = true;
    }
    return direct.position(0).limit(length(true));
  }

  /** All events in a buffer that does not change, for a write that takes time. */
  ByteBuffer stable(boolean isChunked) {
    ByteBuffer known = isChunked ? chunked : bare;
    if (known == null) {
      known = ByteBuffer.allocate(length(isChunked));
      copyTo(known, isChunked, null);
      known.flip();
      if (isChunked) {
        chunked = known;
      } else {
        bare = known;
      }
    }
    return known.duplicate();
  }

  /** The events that this user gets. */
  ByteBuffer without(String user, boolean isChunked) {
    ByteBuffer some = ByteBuffer.allocate(length(isChunked));
    copyTo(some, isChunked, user);
    return some.flip();
  }

  /** The last node whose bytes all lie before this one, counted in chunks. */
  LogNode before(int bytes) {
    LogNode first = selected(from);
    LogNode at = first;
    while (at != end) {
      LogNode next = after(at);
      if (next.bytes - first.bytes > bytes) {
        break;
      }
      at = next;
    }
    return at;
  }

  /** Where a node's event begins, counted in chunks. */
  int offset(LogNode node) {
    return (int) (node.bytes - selected(from).bytes);
  }

  private void copyTo(ByteBuffer target, boolean isChunked, @Nullable String butNotFor) {
    for (LogNode at = selected(from); at != end; at = after(at)) {
      if (!skips(at.skippedUsers(), butNotFor)) {
        at.frame().copyTo(target, isChunked);
      }
    }
  }

  private static boolean skips(Set<String> users, @Nullable String user) {
    return user != null && users.contains(user);
  }

  private int length(boolean isChunked) {
    if (isChunked) {
      return offset(end());
    }
    int length = 0;
    for (LogNode at = selected(from); at != end; at = after(at)) {
      length += at.frame().length(false);
    }
    return length;
  }

  private static LogNode after(LogNode node) {
    return selected(node.next());
  }

  private static LogNode selected(@Nullable LogNode node) {
    if (node == null) {
      throw new IllegalStateException("no events are selected");
    }
    return node;
  }
}
