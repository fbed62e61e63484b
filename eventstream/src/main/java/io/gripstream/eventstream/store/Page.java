package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Event;
import java.util.List;

/**
 * A piece of a channel's history.
 *
 * @param events without a hole, unless the channel was trimmed beyond the position that was asked
 *     for: then {@code head.trimmed() > after}, and {@code events} is what is left
 * @param head as of the same snapshot
 */
public record Page(List<Event> events, Head head) {
  public Page {
    events = List.copyOf(events);
  }
}
