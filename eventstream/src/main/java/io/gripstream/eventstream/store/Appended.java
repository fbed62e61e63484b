package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Event;
import java.util.List;

/**
 * The result of an append.
 *
 * @param events the stored events: one for each channel of the draft, in the order of its channels
 * @param isRepeated whether they already existed, under the same idempotency key
 */
public record Appended(List<Event> events, boolean isRepeated) {
  public Appended {
    events = List.copyOf(events);
  }

  /**
   * The event in the draft's first channel. For a draft with one channel this is the only event.
   */
  public Event event() {
    return events.get(0);
  }
}
