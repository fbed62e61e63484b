package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.internal.sse.Position;
import io.gripstream.eventstream.store.Change;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.PageLimit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live events in order: a {@link Cursor} per channel, a {@link Fanout} per set of channels. One
 * thread owns them all ({@link FeedLoop}). Thread-safe.
 *
 * <p>Bounded: of stored events, at most {@value #MAX_WAITING} or 32 MB wait for the feed's thread.
 * Further ones are dropped here, and the cursors read them from storage. A publisher of unstored
 * events waits instead.
 */
public final class Live implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Live.class);
  private static final int MAX_WAITING = 20_000;

  /** An event of more bytes takes several places. */
  private static final int BYTES_PER_PLACE = 1_600;

  private final @Nullable EventStore store;
  private final FeedLoop loop = new FeedLoop();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Semaphore unstored = new Semaphore(MAX_WAITING);
  private EventStore.@Nullable Registration changes;

  // Owned by the loop.
  private final Map<String, Cursor> cursors = new HashMap<>();
  private final Map<ChannelSet, Fanout> fanouts = new LinkedHashMap<>();

  /** @param store null: all channels are unreliable */
  public Live(@Nullable EventStore store) {
    this.store = store;
  }

  /** Begins to listen to the store, which must be started. */
  public void start() {
    if (store != null) {
      changes = store.onChange(this::changed);
    }
  }

  /**
   * Joins the live events of a subscription's channels. Every event after the membership's position
   * is then delivered to the subscriber, in order, until it leaves.
   *
   * @param head a position that storage has reached; the feed first catches up with it
   * @return completes on the feed's thread, before the first delivery; never fails
   */
  public CompletableFuture<Membership> join(
      Subscription subscription, Position head, Subscriber subscriber) {
    CompletableFuture<Membership> joined = new CompletableFuture<>();
    loop.execute(() -> fanout(subscription, head).join(head, subscriber, joined));
    return joined;
  }

  /** Makes the feed catch up with a position that storage has reached. */
  public void catchUp(Subscription subscription, Position head) {
    join(subscription, head, PASSER_BY);
  }

  /**
   * Delivers an event of an unreliable channel to the current subscribers. May wait for the feed.
   */
  public void offer(Event event) {
    int places = places(event);
    unstored.acquireUninterruptibly(places);
    boolean accepted = loop.execute(() -> {
      unstored.release(places);
      Cursor cursor = cursors.get(event.channel());
      if (cursor != null) {
        cursor.pass(event);
      }
    });
    if (!accepted) {
      unstored.release(places);
    }
  }

  private static int places(Event event) {
    return (int) Math.min(MAX_WAITING, 1 + PageLimit.weight(event) / BYTES_PER_PLACE);
  }

  private void changed(Change change) {
    if (change instanceof Change.Appended appended) {
      appended(appended.events());
    } else if (change instanceof Change.Channels channels) {
      loop.execute(() -> channels.names().forEach(this::wake));
    } else {
      loop.execute(this::wakeThoseBehind);
    }
  }

  private void appended(List<Event> events) {
    int places = events.stream().mapToInt(Live::places).sum();
    if (waiting.addAndGet(places) > MAX_WAITING) {
      waiting.addAndGet(-places);
      loop.execute(() -> events.stream().map(Event::channel).distinct().forEach(this::wake));
      return;
    }
    loop.execute(() -> {
      waiting.addAndGet(-places);
      for (Event event : events) {
        Cursor cursor = cursors.get(event.channel());
        if (cursor != null) {
          cursor.offer(event);
        }
      }
    });
  }

  private void wake(String channel) {
    Cursor cursor = cursors.get(channel);
    if (cursor != null) {
      cursor.readOn();
    }
  }

  private void wakeThoseBehind() {
    List<String> reliable = cursors.values().stream()
        .filter(Cursor::isReliable)
        .map(Cursor::channel)
        .collect(Collectors.toList());
    if (store == null || reliable.isEmpty()) {
      return;
    }
    loop.read(
        () -> store.heads(reliable),
        heads -> heads.forEach((channel, head) -> {
          Cursor cursor = cursors.get(channel);
          if (cursor != null && cursor.last() < head.last()) {
            cursor.readOn();
          }
        }),
        failure -> LOG.warn(
            "Could not read the last ids of {} channels; the next poll tries again: {}",
            reliable.size(),
            failure.getMessage()));
  }

  private Fanout fanout(Subscription subscription, Position head) {
    ChannelSet key = ChannelSet.of(subscription);
    Fanout known = fanouts.get(key);
    if (known != null) {
      return known;
    }
    Fanout fanout = new Fanout(head, loop, () -> remove(key));
    for (String channel : key.reliable()) {
      fanout.follow(cursors.computeIfAbsent(
          channel,
          name -> Cursor.reliable(name, head.id(name), Objects.requireNonNull(store), loop)));
    }
    for (String channel : key.unreliable()) {
      fanout.follow(cursors.computeIfAbsent(channel, Cursor::unreliable));
    }
    fanouts.put(key, fanout);
    return fanout;
  }

  private void remove(ChannelSet key) {
    Fanout fanout = fanouts.remove(key);
    if (fanout != null) {
      for (Cursor cursor : fanout.cursors()) {
        if (cursor.abandon(fanout)) {
          cursors.remove(cursor.channel());
        }
      }
    }
  }

  @Override
  public void close() {
    if (changes != null) {
      changes.close();
    }
    loop.close();
    // Waiting tasks are dropped with their permits: a later caller finds the loop closed.
    unstored.release(MAX_WAITING);
  }

  /** Joins only to make the feed catch up. */
  private static final Subscriber PASSER_BY = new Subscriber() {
    @Override
    public void joined(Membership membership) {
      membership.leave();
    }

    @Override
    public void deliver(LiveEvent event) {
      // It has left.
    }

    @Override
    public void skipped(Position to) {
      // It has left.
    }
  };
}
