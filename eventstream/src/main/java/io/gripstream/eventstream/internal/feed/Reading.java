package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.internal.sse.FrameWriter;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResetReason;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Page;
import io.gripstream.eventstream.store.PageLimit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One reading of the events that a stream lacks: the events read so far, and their position. For
 * one thread.
 */
final class Reading {
  private static final int EVENTS_PER_READ = 1_000;

  private final EventStore store;
  private final StreamMetrics metrics;
  private final @Nullable String user;
  private final int maxBytes;
  private final FrameWriter out;
  private final Position unbroken;
  private Position position;

  Reading(
      EventStore store,
      StreamMetrics metrics,
      Subscription subscription,
      Position from,
      Position unbroken,
      int maxBytes,
      FrameWriter out) {
    this.store = store;
    this.metrics = metrics;
    this.user = subscription.user();
    this.position = from;
    this.unbroken = unbroken;
    this.maxBytes = maxBytes;
    this.out = out;
  }

  Replay replay(boolean isComplete) {
    return new Replay(out.toByteArray(), position, isComplete);
  }

  /** @return false if not everything fitted */
  boolean readChannel(String channel, long upTo) {
    while (position.id(channel) < upTo) {
      long after = position.id(channel);
      Page page = store.read(channel, after, upTo, new PageLimit(EVENTS_PER_READ, maxBytes));
      long trimmed = page.head().trimmed();
      if (trimmed > after && trimmed <= unbroken.id(channel)) {
        position = position.with(channel, trimmed);
        continue;
      }
      if (trimmed > after) {
        position = position.with(channel, page.head().last());
        out.reset(Map.of(channel, ResetReason.EXPIRED), position);
        metrics.reset();
        return true;
      }
      for (Event event : page.events()) {
        if (!write(event)) {
          return false;
        }
      }
      metrics.replayed(page.events().size());
      if (page.events().isEmpty() || position.id(channel) >= page.head().last()) {
        return true;
      }
      if (out.length() >= maxBytes) {
        return false;
      }
    }
    return true;
  }

  /** @return false if it did not fit; the first one always does */
  private boolean write(Event event) {
    Position next = position.with(event.channel(), event.id());
    if (user == null || !event.skippedUsers().contains(user)) {
      int mark = out.length();
      out.event(event.type(), next, event.data());
      if (out.length() > maxBytes && mark > 0) {
        out.truncate(mark);
        return false;
      }
    }
    position = next;
    return true;
  }
}
