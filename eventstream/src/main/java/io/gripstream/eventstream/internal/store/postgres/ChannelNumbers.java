package io.gripstream.eventstream.internal.store.postgres;

import java.util.Map;

/** The numbers of the channels of some drafts. */
record ChannelNumbers(Map<String, Long> byName) {
  long of(String channel) {
    Long number = byName.get(channel);
    if (number == null) {
      throw new IllegalStateException("no number was asked for channel " + channel);
    }
    return number;
  }

  Object[] all() {
    return byName.values().toArray();
  }
}
