package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.LiveEvent;
import io.gripstream.eventstream.internal.feed.Membership;
import io.gripstream.eventstream.internal.feed.Subscriber;
import io.gripstream.eventstream.internal.sse.Position;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one set of channels, and the log of events on their way to them. It is one
 * subscriber of the feed for any number of streams: an event costs the feed's thread one append.
 */
final class ChannelLog implements Subscriber {
  private final ChannelSet channels;
  private final Live live;
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger members = new AtomicInteger();
  private final AtomicBoolean isJoining = new AtomicBoolean();
  private volatile @Nullable LogNode tail;
  private volatile @Nullable Membership membership;
  private volatile boolean isClosed;

  ChannelLog(ChannelSet channels, Live live) {
    this.channels = channels;
    this.live = live;
  }

  /** The audiences that write the log to streams. */
  interface Listener {
    /** The log has grown. Called on the feed's thread; must not block. */
    void wake();
  }

  ChannelSet channels() {
    return channels;
  }

  /** The end of the log; null until the feed has been joined. */
  @Nullable
  LogNode tail() {
    return tail;
  }

  /**
   * Joins the feed at the first call.
   *
   * @param head a position that storage has reached
   */
  void join(Position head) {
    if (isJoining.compareAndSet(false, true)) {
      live.join(channels.subscription(null), head, this);
    }
  }

  /** Same as {@link Live#catchUp}, for the channels of this log. */
  void hurry(Position position) {
    live.catchUp(channels.subscription(null), position);
  }

  AtomicInteger members() {
    return members;
  }

  /** Any thread may add to them. */
  List<Listener> listeners() {
    return listeners;
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
    tail = LogNode.first(joined.position());
    if (isClosed) {
      joined.leave();
    }
    wake();
  }

  @Override
  public void deliver(LiveEvent event) {
    LogNode last = tail;
    if (last != null) {
      tail = last.append(event);
      wake();
    }
  }

  @Override
  public void skipped(Position to) {
    LogNode last = tail;
    if (last != null) {
      tail = last.skip(to);
      wake();
    }
  }

  private void wake() {
    listeners.forEach(Listener::wake);
  }
}
