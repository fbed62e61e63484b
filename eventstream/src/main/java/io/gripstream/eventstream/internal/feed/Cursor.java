package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import io.gripstream.grip.internal.Seldom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the events of one channel in order, once per process: event n goes on only after n−1. An
 * event out of order makes it read the storage. Owned by the feed's thread.
 */
final class Cursor {
  private static final Logger LOG = LoggerFactory.getLogger(Cursor.class);
  private static final PageLimit PAGE = new PageLimit(500, 1_000_000);
  private static final long RETRY_MS = 500;

  private final String channel;
  private final @Nullable EventStore store;
  private final @Nullable FeedLoop loop;
  private final List<Fanout> fanouts = new ArrayList<>();
  private long last;
  private boolean isReading;
  private boolean mustReadAgain;

  private Cursor(String channel, long last, @Nullable EventStore store, @Nullable FeedLoop loop) {
    this.channel = channel;
    this.last = last;
    this.store = store;
    this.loop = loop;
  }

  /** Starts after {@code last}, and reads at once the events after it. */
  static Cursor reliable(String channel, long last, EventStore store, FeedLoop loop) {
    Cursor cursor = new Cursor(channel, last, store, loop);
    cursor.readOn();
    return cursor;
  }

  static Cursor unreliable(String channel) {
    return new Cursor(channel, Event.NO_ID, null, null);
  }

  String channel() {
    return channel;
  }

  boolean isReliable() {
    return store != null;
  }

  long last() {
    return last;
  }

  void followedBy(Fanout fanout) {
    fanouts.add(fanout);
  }

  /** @return whether the last follower has left */
  boolean abandon(Fanout fanout) {
    fanouts.remove(fanout);
    return fanouts.isEmpty();
  }

  /** Receives a stored event: passes it on if it is the next one, else reads the storage. */
  void offer(Event event) {
    if (event.id() == last + 1) {
      pass(event);
    } else if (event.id() > last) {
      readOn();
    }
  }

  /** Passes on an event that is known to be the next. */
  void pass(Event event) {
    if (event.isStored()) {
      last = event.id();
    }
    for (Fanout fanout : fanouts) {
      fanout.pass(event);
    }
  }

  /** Reads the events after the last one from storage, until it has no more. */
  void readOn() {
    if (store == null || loop == null) {
      return;
    }
    if (isReading) {
      mustReadAgain = true;
      return;
    }
    isReading = true;
    mustReadAgain = false;
    long after = last;
    EventStore from = store;
    loop.read(() -> from.read(channel, after, Long.MAX_VALUE, PAGE), this::take, this::retryLater);
  }

  private void take(Page page) {
    isReading = false;
    if (fanouts.isEmpty()) {
      return;
    }
    long before = last;
    boolean isOvertaken = false;
    for (Event event : page.events()) {
      if (event.id() == last + 1) {
        pass(event);
      }
      isOvertaken |= event.id() > last;
    }
    if (isOvertaken || page.head().trimmed() > last) {
      // By retention. Storage tells each subscriber the consequence.
      last = page.head().last();
      fanouts.forEach(fanout -> fanout.skip(channel, last));
    }
    if (mustReadAgain || (last > before && last < page.head().last())) {
      readOn();
    }
  }

  private void retryLater(Throwable failure) {
    if (loop == null) {
      return;
    }
    loop.failures()
        .perhaps(leftOut -> LOG.warn(
            "Could not read the events of channel {} after {}; trying again: {}{}",
            channel,
            last,
            failure.getMessage(),
            Seldom.more(leftOut)));
    loop.executeAfter(RETRY_MS, () -> {
      isReading = false;
      if (!fanouts.isEmpty()) {
        readOn();
      }
    });
  }
}
