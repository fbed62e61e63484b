package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Position;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a fanout tells it. */
final class RecordingSubscriber implements Subscriber {
  final List<Membership> memberships = new CopyOnWriteArrayList<>();
  final List<LiveEvent> events = new CopyOnWriteArrayList<>();
  final List<Position> skips = new CopyOnWriteArrayList<>();

  @Override
  public void joined(Membership membership) {
    memberships.add(membership);
  }

  @Override
  public void deliver(LiveEvent event) {
    events.add(event);
  }

  @Override
  public void skipped(Position to) {
    skips.add(to);
  }

  List<Long> ids() {
    return events.stream().map(live -> live.event().id()).toList();
  }
}
