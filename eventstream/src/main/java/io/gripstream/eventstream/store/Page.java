package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Event;
import java.util.List;

/**
 * One page of a channel's history.
 *
 * @param events without a gap, unless the channel was trimmed beyond the requested position: then
 *     {@code head.trimmed() > after}, and {@code events} has the remaining ones
 * @param head from the same snapshot
 */
public record Page(List<Event> events, Head head) {
  public Page {
    events = List.copyOf(events);
  }
}
