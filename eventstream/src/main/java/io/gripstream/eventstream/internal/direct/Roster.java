package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.SessionEnd;
import io.gripstream.eventstream.internal.feed.ChannelSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A set of streams. Each stream is in one roster at a time and knows its place there, so adding and
 * removing cost the same for any number of streams. Owned by a loop.
 */
final class Roster {
  private static final Member[] NONE = {};

  private Member[] members = NONE;
  private int size;

  /** A stream, as the fan-out sees it. Every method is called on its loop. */
  interface Member {
    /** Tells the stream its new place. */
    void placed(Roster in, int slot);

    Roster roster();

    int slot();

    /** Writes the run that all streams at the front of its audience get. */
    void follow(WriteRun run);

    /**
     * Writes from its own node up to the front.
     *
     * @return whether it is there, and ready
     */
    boolean writeUpTo(LogNode front);

    /** Leaves the front: the following events are written from this node. */
    void partAt(LogNode at);

    /** Its queue is over the limit: it continues from storage, or ends. */
    void fallBehind(LogNode tail);

    /** The place of the log from which it writes, or that it tries to reach; null at the front. */
    @Nullable
    LogNode node();

    /** Whether it waits for the feed to reach its client's position. */
    boolean isWaiting();

    /** Does the next possible step. */
    void advance();

    /** Does everything that is due at this time. */
    void check(int now, long wallClock);

    /** Whether it belongs to this user and continues. */
    boolean isOf(String user);

    ChannelSet channels();

    /** Ends it with its last bytes, after the current write. */
    void end(Ending ending);

    /** Cuts it; idempotent. */
    void leave(SessionEnd.Reason why);
  }

  int size() {
    return size;
  }

  /** A walk from last to first may remove its current stream. */
  Member get(int slot) {
    return members[slot];
  }

  void add(Member member) {
    if (size == members.length) {
      members = Arrays.copyOf(members, size == 0 ? 1 : size + (size >> 1) + 1);
    }
    members[size] = member;
    member.placed(this, size);
    size++;
  }

  /** Removes the member at this place: the last one takes it. */
  @SuppressWarnings("NullAway") // the slots behind the last one are empty
  void remove(int slot) {
    size--;
    Member last = members[size];
    members[slot] = last;
    last.placed(this, slot);
    members[size] = null;
    if (size < members.length >> 2) {
      members = size == 0 ? NONE : Arrays.copyOf(members, size * 2);
    }
  }
}
