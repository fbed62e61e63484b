package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.Head;
import java.util.List;

/**
 * One page of a channel's history, as one user may see it.
 *
 * @param events in order, without events that skip the user
 * @param next the id to continue after: the last id that was looked at
 * @param head from the same snapshot
 */
public record VisiblePage(List<Event> events, long next, Head head) {
  public VisiblePage {
    events = List.copyOf(events);
  }
}
