package io.gripstream.eventstream.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.eventstream.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Common steps of tests of a storage. Each blocks for the store, for at most 30 s. */
public final class Stores {
  private Stores() {}

  /**
   * Appends and waits until the event is durable.
   *
   * @throws StoreException if the store fails
   * @throws InvalidValueException if the store refuses the draft
   * @throws AssertionError if anything else goes wrong, or nothing happens within 30 s
   */
  public static Appended append(EventStore store, Draft draft) {
    try {
      return store.append(draft).get(30, SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw failure;
      }
      if (e.getCause() instanceof InvalidValueException refusal) {
        throw refusal;
      }
      throw new AssertionError(e);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Appends an event of the type {@code message}, as the other method does, and returns it. */
  public static Event append(EventStore store, String channel, String data) {
    return append(store, Draft.of(channel, "message", data)).event();
  }

  /** Returns all remaining events of a channel, read page by page. */
  public static List<Event> all(EventStore store, String channel) {
    List<Event> events = new ArrayList<>();
    while (true) {
      long after = events.isEmpty() ? 0 : events.get(events.size() - 1).id();
      Page page = store.read(channel, after, Long.MAX_VALUE, PageLimit.DEFAULT);
      if (page.events().isEmpty()) {
        return events;
      }
      events.addAll(page.events());
    }
  }

  /** The data of each event, in the same order. */
  public static List<String> data(List<Event> events) {
    return events.stream().map(Event::data).toList();
  }

  /** The id of each event, in the same order. */
  public static List<Long> ids(List<Event> events) {
    return events.stream().map(Event::id).toList();
  }
}
