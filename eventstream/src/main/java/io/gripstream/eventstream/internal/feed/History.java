package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.StreamMetrics;
import io.gripstream.eventstream.StreamPosition;
import io.gripstream.eventstream.internal.sse.FrameWriter;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.internal.sse.ResetReason;
import io.gripstream.eventstream.internal.sse.ResumePoint;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.Head;
import io.gripstream.eventstream.store.PageLimit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads the past of a stream from storage: finds a client's position, and returns the events that
 * it missed, channel by channel in order of their names. Thread-safe; every method blocks for
 * storage.
 */
public final class History {
  /** This fits into a first answer behind a proxy, so no link to a next page is needed. */
  private static final int REWIND_BYTES = 60_000;

  /** Bytes of an event on the wire besides type and data, roughly. */
  private static final int FRAME_BYTES = 200;

  private final @Nullable EventStore store;
  private final StreamMetrics metrics;

  /** Reads without metrics. */
  public History(@Nullable EventStore store) {
    this(store, StreamMetrics.NOOP);
  }

  /** @param store null: nothing is stored, no channel is reliable */
  public History(@Nullable EventStore store, StreamMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  /** The newest position of these channels. */
  public Position head(Subscription subscription) {
    return position(subscription, last(heads(subscription)));
  }

  /** Returns the same start, with channels that begin anew at their newest event. */
  public Start startNow(Subscription subscription, Start start) {
    Position head = head(subscription);
    return start.startingAt(head, head);
  }

  /**
   * Returns the same start, with channels that begin anew at a position known to the application. A
   * channel that the position does not name begins as before.
   *
   * @throws IllegalArgumentException if the position is invalid, or a channel cannot continue from
   *     it
   */
  public Start startAt(Subscription subscription, Start start, StreamPosition position) {
    Map<String, Long> ids = new HashMap<>(position.ids());
    ids.keySet().retainAll(start.startingAnew());
    Start known = locate(
        subscription,
        heads(subscription),
        new ResumePoint.At(ids, position.epoch().orElse(null)));
    if (!known.resets().isEmpty()) {
      throw new IllegalArgumentException("initial events state the position \"" + position
          + "\", from which a stream cannot continue: " + known.resets());
    }
    Position there = start.position();
    for (Map.Entry<String, Long> id : ids.entrySet()) {
      there = there.with(id.getKey(), id.getValue());
    }
    return start.startingAt(there, known.head());
  }

  /** Returns the start of a stream whose client states this position. */
  public Start locate(Subscription subscription, ResumePoint from) {
    Map<String, Head> heads = heads(subscription);
    if (from instanceof ResumePoint.At at) {
      return locate(subscription, heads, at);
    }
    Position head = position(subscription, last(heads));
    Map<String, Long> ids = last(heads);
    if (from instanceof ResumePoint.Earliest) {
      ids.replaceAll((channel, last) -> head(heads, channel).trimmed());
    }
    Position position = position(subscription, ids);
    return new Start(
        position, position, position, head, Map.of(), from instanceof ResumePoint.None);
  }

  private Start locate(Subscription subscription, Map<String, Head> heads, ResumePoint.At at) {
    String theirs = at.epoch();
    boolean strange = theirs != null && !theirs.equals(epoch());
    Map<String, Long> had = last(heads);
    Map<String, Long> from = last(heads);
    Map<String, ResetReason> resets = new TreeMap<>();
    for (String channel : subscription.reliable()) {
      Long id = at.ids().get(channel);
      if (id == null) {
        continue;
      }
      had.put(channel, id);
      Head head = head(heads, channel);
      if (strange || id > head.last()) {
        resets.put(channel, ResetReason.UNKNOWN);
      } else if (id < head.trimmed()) {
        resets.put(channel, ResetReason.EXPIRED);
      } else {
        from.put(channel, id);
      }
    }
    // Ids that only Gripstream gives have an epoch.
    boolean hasTheirs = subscription.reliable().stream().anyMatch(at.ids()::containsKey);
    Position resumed = Position.of(had, theirs != null && hasTheirs ? theirs : epoch());
    Position position = position(subscription, from);
    return new Start(
        resumed, position, position, position(subscription, last(heads)), resets, false);
  }

  /** Same as the method below, with {@code from} as {@code unbroken}. */
  public Replay read(
      Subscription subscription,
      Position from,
      @Nullable Position upTo,
      int maxBytes,
      FrameWriter out) {
    return read(subscription, from, from, upTo, maxBytes, out);
  }

  /**
   * Reads from a position up to another one of the same channels (null: up to the heads).
   *
   * @param unbroken events up to this position may have been removed meanwhile, without a reset: a
   *     new stream begins with the remaining events
   * @param maxBytes stops before the frames exceed this; a longer single event comes alone
   * @param out empty; gives the frames the form in which they are sent and counted
   */
  public Replay read(
      Subscription subscription,
      Position from,
      Position unbroken,
      @Nullable Position upTo,
      int maxBytes,
      FrameWriter out) {
    if (subscription.reliable().isEmpty()) {
      return new Replay(new byte[0], from, true);
    }
    Reading reading = new Reading(store(), metrics, subscription, from, unbroken, maxBytes, out);
    for (String channel : subscription.reliable()) {
      if (!reading.readChannel(channel, upTo == null ? Long.MAX_VALUE : upTo.id(channel))) {
        return reading.replay(false);
      }
    }
    return reading.replay(true);
  }

  /**
   * Returns the start of a client without a position, moved back by some events of each channel: no
   * more than fit into about {@value #REWIND_BYTES} bytes, but at least one.
   *
   * @param events maximum number of events of a channel
   */
  public Start rewound(Subscription subscription, Start start, ToIntFunction<String> events) {
    Position from = start.position();
    long left = REWIND_BYTES;
    for (String channel : subscription.reliable()) {
      int most = events.applyAsInt(channel);
      List<Event> newest = most < 1
          ? List.of()
          : new HistoryPages(store()).newest(channel, start.position().id(channel), most);
      for (int i = newest.size() - 1; i >= 0; i--) {
        left -= PageLimit.weight(newest.get(i)) + FRAME_BYTES;
        if (left < 0 && !from.equals(start.position())) {
          break;
        }
        from = from.with(channel, newest.get(i).id() - 1);
      }
    }
    return start.rewoundTo(from);
  }

  private Map<String, Head> heads(Subscription subscription) {
    return subscription.reliable().isEmpty() ? Map.of() : store().heads(subscription.reliable());
  }

  private static Head head(Map<String, Head> heads, String channel) {
    return heads.getOrDefault(channel, Head.EMPTY);
  }

  private static Map<String, Long> last(Map<String, Head> heads) {
    Map<String, Long> ids = new HashMap<>();
    heads.forEach((channel, head) -> ids.put(channel, head.last()));
    return ids;
  }

  private Position position(Subscription subscription, Map<String, Long> ids) {
    Map<String, Long> all = new HashMap<>();
    for (String channel : subscription.reliable()) {
      all.put(channel, ids.getOrDefault(channel, 0L));
    }
    return Position.of(all, epoch());
  }

  private String epoch() {
    return store == null ? "" : store.epoch();
  }

  private EventStore store() {
    if (store == null) {
      throw new IllegalStateException("nothing is stored, yet a channel is reliable");
    }
    return store;
  }
}
