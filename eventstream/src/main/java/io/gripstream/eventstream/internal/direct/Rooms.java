package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.feed.LiveEvent;
import io.gripstream.eventstream.internal.feed.Membership;
import io.gripstream.eventstream.internal.feed.Subscriber;
import io.gripstream.eventstream.internal.sse.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All rooms that have streams. Thread-safe. */
final class Rooms {
  private final Live live;
  private final ConcurrentHashMap<ChannelSet, Room> rooms = new ConcurrentHashMap<>();

  Rooms(Live live) {
    this.live = live;
  }

  /**
   * Counts one stream in; to be balanced by {@link #leave}.
   *
   * @param head a position that storage was seen to have reached
   */
  Room enter(ChannelSet key, Position head) {
    Room room = rooms.compute(key, (k, known) -> {
      Room entered = known == null ? new Room(k) : known;
      entered.members().incrementAndGet();
      return entered;
    });
    if (room.wantsToJoin()) {
      live.join(room.channels().subscription(null), head, room);
    }
    return room;
  }

  void leave(Room room) {
    if (room.members().decrementAndGet() > 0) {
      return;
    }
    rooms.computeIfPresent(
        room.channels(), (k, known) -> known == room && room.members().get() == 0 ? null : known);
    if (rooms.get(room.channels()) != room) {
      room.close();
    }
  }

  /** Makes the feed catch up with a position that storage has reached. */
  void hurry(Room room, Position position) {
    live.join(room.channels().subscription(null), position, PASSER_BY);
  }

  /** How many streams each channel has. */
  Map<String, Integer> channels() {
    Map<String, Integer> counts = new HashMap<>();
    rooms.forEach((key, room) -> {
      int members = room.members().get();
      if (members > 0) {
        key.reliable().forEach(channel -> counts.merge(channel, members, Integer::sum));
        key.unreliable().forEach(channel -> counts.merge(channel, members, Integer::sum));
      }
    });
    return counts;
  }

  /** Joins only to know that it could. */
  private static final Subscriber PASSER_BY = new Subscriber() {
    @Override
    public void joined(Membership membership) {
      membership.leave();
    }

    @Override
    public void deliver(LiveEvent event) {
      // It has left.
    }

    @Override
    public void skipped(Position to) {
      // It has left.
    }
  };
}
