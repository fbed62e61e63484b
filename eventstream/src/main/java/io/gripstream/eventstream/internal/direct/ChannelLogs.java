package io.gripstream.eventstream.internal.direct;

import io.gripstream.eventstream.internal.feed.ChannelSet;
import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.sse.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All logs with streams. Thread-safe. */
final class ChannelLogs {
  private final Live live;
  private final ConcurrentHashMap<ChannelSet, ChannelLog> logs = new ConcurrentHashMap<>();

  ChannelLogs(Live live) {
    this.live = live;
  }

  /**
   * Counts one stream in; {@link #leave} counts it out.
   *
   * @param head a position that storage has reached
   */
  ChannelLog enter(ChannelSet key, Position head) {
    ChannelLog log = logs.compute(key, (k, known) -> {
      ChannelLog entered = known == null ? new ChannelLog(k, live) : known;
      entered.members().incrementAndGet();
      return entered;
    });
    log.join(head);
    return log;
  }

  void leave(ChannelLog log) {
    if (log.members().decrementAndGet() > 0) {
      return;
    }
    logs.computeIfPresent(
        log.channels(), (k, known) -> known == log && log.members().get() == 0 ? null : known);
    if (logs.get(log.channels()) != log) {
      log.close();
    }
  }

  /** Number of streams per channel. */
  Map<String, Integer> channels() {
    Map<String, Integer> counts = new HashMap<>();
    logs.forEach((key, log) -> {
      int members = log.members().get();
      if (members > 0) {
        key.reliable().forEach(channel -> counts.merge(channel, members, Integer::sum));
        key.unreliable().forEach(channel -> counts.merge(channel, members, Integer::sum));
      }
    });
    return counts;
  }
}
