package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.LiveEvent;
import io.gripstream.eventstream.internal.feed.Membership;
import io.gripstream.eventstream.internal.feed.Subscriber;
import io.gripstream.eventstream.internal.sse.Position;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one set of channels, and the log of what is on its way to them. One subscriber of
 * the feed, however many streams there are: an event costs the feed's thread one append.
 */
final class Room implements Subscriber {
  private final ChannelSet channels;
  private final CopyOnWriteArrayList<Audience> audiences = new CopyOnWriteArrayList<>();
  private final AtomicInteger members = new AtomicInteger();
  private final AtomicBoolean isJoining = new AtomicBoolean();
  private volatile @Nullable Link tail;
  private volatile @Nullable Membership membership;
  private volatile boolean isClosed;

  Room(ChannelSet channels) {
    this.channels = channels;
  }

  ChannelSet channels() {
    return channels;
  }

  /** The end of the log; null until the feed has been joined. */
  @Nullable
  Link tail() {
    return tail;
  }

  /** True once: the caller is the one who makes the room join the feed. */
  boolean wantsToJoin() {
    return isJoining.compareAndSet(false, true);
  }

  AtomicInteger members() {
    return members;
  }

  /** The audience of a loop that one more stream is to join. To be called on that loop. */
  Audience audience(Loop loop) {
    for (Audience known : audiences) {
      if (known.loop() == loop && known.hasPlace()) {
        return known;
      }
    }
    Audience made = new Audience(this, loop);
    audiences.add(made);
    return made;
  }

  /** Leaves the feed. */
  void close() {
    isClosed = true;
    Membership joined = membership;
    if (joined != null) {
      joined.leave();
    }
  }

  @Override
  public void joined(Membership joined) {
    membership = joined;
    tail = Link.first(joined.position());
    if (isClosed) {
      joined.leave();
    }
    wake();
  }

  @Override
  public void deliver(LiveEvent event) {
    Link last = tail;
    if (last != null) {
      tail = last.append(event);
      wake();
    }
  }

  @Override
  public void skipped(Position to) {
    Link last = tail;
    if (last != null) {
      tail = last.skip(to);
      wake();
    }
  }

  private void wake() {
    audiences.forEach(Audience::wake);
  }
}
