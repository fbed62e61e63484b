package io.gripstream.eventstream;

import java.util.List;

/** One page of a channel's history, as one user may see it. Immutable and thread-safe. */
public final class HistoryPage {
  private final List<Event> events;
  private final long next;
  private final long last;
  private final long trimmed;

  HistoryPage(List<Event> events, long next, long last, long trimmed) {
    this.events = List.copyOf(events);
    this.next = next;
    this.last = last;
    this.trimmed = trimmed;
  }

  /** The events in order, without those that skip the user. Unmodifiable. */
  public List<Event> events() {
    return events;
  }

  /** The id to continue after: the last id that was looked at. */
  public long next() {
    return next;
  }

  /** The newest id of the channel. The page is the last one if {@link #next} has reached it. */
  public long last() {
    return last;
  }

  /**
   * The highest id that retention has removed, 0 if none. A page that begins after a lower id lacks
   * events.
   */
  public long trimmed() {
    return trimmed;
  }

  /** Without the events: their data may be long or confidential. */
  @Override
  public String toString() {
    return "HistoryPage[events=" + events.size() + ", next=" + next + ", last=" + last
        + ", trimmed=" + trimmed + "]";
  }
}
