package io.gripstream.eventstream;

import java.util.List;

/**
 * One page of a channel's history, as one user may see it.
 *
 * @param events in order, without events that skip the user
 * @param next the id to continue after: the last id that was looked at
 * @param last the newest id of the channel; the page is the last one if {@code next} has reached it
 * @param trimmed the highest id that retention has removed, 0 if none; a page that begins after a
 *     lower id lacks events
 */
public record HistoryPage(List<Event> events, long next, long last, long trimmed) {
  public HistoryPage {
    events = List.copyOf(events);
  }
}
