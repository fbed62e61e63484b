package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.internal.sse.Position;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The subscribers of one set of channels. They see the same ids, so each frame is made once for all
 * of them. Owned by the feed's thread.
 */
final class Fanout {
  private final FeedLoop loop;
  private final Runnable onEmpty;
  private final List<Cursor> cursors = new ArrayList<>();
  private final Set<Subscriber> subscribers = new LinkedHashSet<>();
  private final List<Joining> joining = new ArrayList<>();
  private Position position;

  /** @param position a position of these channels; the cursors that it follows correct it */
  Fanout(Position position, FeedLoop loop, Runnable onEmpty) {
    this.position = position;
    this.loop = loop;
    this.onEmpty = onEmpty;
  }

  List<Cursor> cursors() {
    return cursors;
  }

  void follow(Cursor cursor) {
    cursors.add(cursor);
    cursor.followedBy(this);
    if (cursor.isReliable()) {
      position = position.with(cursor.channel(), cursor.last());
    }
  }

  void join(Position head, Subscriber subscriber, CompletableFuture<Membership> joined) {
    Joining newcomer = new Joining(head, subscriber, joined);
    if (position.reaches(head)) {
      admit(newcomer);
      return;
    }
    joining.add(newcomer);
    for (Cursor cursor : cursors) {
      if (cursor.isReliable() && cursor.last() < head.id(cursor.channel())) {
        cursor.readOn();
      }
    }
  }

  void pass(Event event) {
    if (event.isStored()) {
      position = position.with(event.channel(), event.id());
    }
    if (!subscribers.isEmpty()) {
      FrameBuffer frame = new FrameBuffer(event.data().length() + 128);
      Frames.event(frame, event.type(), event.isStored() ? position : null, event.data());
      LiveEvent live = new LiveEvent(event, frame.toByteArray(), position);
      for (Subscriber subscriber : subscribers) {
        subscriber.deliver(live);
      }
    }
    admitThoseReached();
  }

  /** Continues after the events that storage has removed. */
  void skip(String channel, long to) {
    position = position.with(channel, to);
    for (Subscriber subscriber : subscribers) {
      subscriber.skipped(position);
    }
    admitThoseReached();
  }

  private void admitThoseReached() {
    for (Iterator<Joining> all = joining.iterator(); all.hasNext(); ) {
      Joining newcomer = all.next();
      if (position.reaches(newcomer.head)) {
        all.remove();
        admit(newcomer);
      }
    }
  }

  private void admit(Joining newcomer) {
    subscribers.add(newcomer.subscriber);
    Membership membership =
        new Membership(position, () -> loop.execute(() -> leave(newcomer.subscriber)));
    newcomer.subscriber.joined(membership);
    newcomer.joined.complete(membership);
  }

  private void leave(Subscriber subscriber) {
    if (subscribers.remove(subscriber) && subscribers.isEmpty() && joining.isEmpty()) {
      onEmpty.run();
    }
  }

  private record Joining(
      Position head, Subscriber subscriber, CompletableFuture<Membership> joined) {}
}
