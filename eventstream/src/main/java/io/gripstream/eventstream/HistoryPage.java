package io.gripstream.eventstream;

import java.util.List;

/**
 * A piece of a channel's history, as one user may see it.
 *
 * @param events in order, without those that skip the user
 * @param next what to ask for events after this page with: the last id that was looked at
 * @param last the newest id of the channel; the page is the last one if {@code next} has reached it
 * @param trimmed the highest id that retention has removed, 0 if none; events are missing from a
 *     page that was asked for after a lower one
 */
public record HistoryPage(List<Event> events, long next, long last, long trimmed) {
  public HistoryPage {
    events = List.copyOf(events);
  }
}
