package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.Live;
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
      Room entered = known == null ? new Room(k, live) : known;
      entered.members().incrementAndGet();
      return entered;
    });
    room.join(head);
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
}
