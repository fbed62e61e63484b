package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads stored events of one channel, for callers that need events and not a stream. Thread-safe;
 * every method blocks for storage.
 */
public final class HistoryPages {
  private static final int PAGE_BYTES = 1_000_000;

  private final EventStore store;

  public HistoryPages(EventStore store) {
    this.store = store;
  }

  /**
   * Reads events of one channel for one user.
   *
   * @param user null: anonymous
   * @param limit maximum number of events to look at
   */
  public VisiblePage page(String channel, @Nullable String user, long after, int limit) {
    Page page = store.read(channel, after, Long.MAX_VALUE, new PageLimit(limit, PAGE_BYTES));
    List<Event> visible = page.events().stream()
        .filter(event -> user == null || !event.skippedUsers().contains(user))
        .toList();
    List<Event> all = page.events();
    long next = all.isEmpty()
        ? Math.max(after, page.head().trimmed())
        : all.get(all.size() - 1).id();
    return new VisiblePage(visible, next, page.head());
  }

  /** Reads the last events of one channel for one user: {@code most}, or fewer if they are long. */
  public VisiblePage last(String channel, @Nullable String user, int most) {
    long last = store.heads(List.of(channel)).getOrDefault(channel, Head.EMPTY).last();
    return page(channel, user, last - newest(channel, last, most).size(), most);
  }

  /** Reads the newest events up to an id, without a gap; fewer if they are long. */
  List<Event> newest(String channel, long upTo, int most) {
    for (int count = most; ; count = Math.max(1, count / 2)) {
      List<Event> events = store
          .read(channel, Math.max(0, upTo - count), upTo, new PageLimit(count, PAGE_BYTES))
          .events();
      if (count == 1 || events.isEmpty() || events.get(events.size() - 1).id() == upTo) {
        return events;
      }
    }
  }
}
