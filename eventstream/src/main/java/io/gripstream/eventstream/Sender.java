package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.proxied.Proxies;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Futures;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks events and passes them to the storage; events of unreliable channels go straight to the
 * streams and proxies of this process. Thread-safe.
 */
final class Sender {
  private final @Nullable EventStore store;
  private final Predicate<String> isReliable;
  private final Live live;
  private final Proxies proxies;
  private final StreamMetrics metrics;
  private final Clock clock;
  private final int maxEventBytes;
  private final Runnable start;

  /**
   * @param isReliable whether events of a channel are stored
   * @param start opens storage and proxies unless they are open; called before each event
   */
  Sender(
      EventStreamConfig config,
      Predicate<String> isReliable,
      Live live,
      Proxies proxies,
      Runnable start) {
    this.start = start;
    this.store = config.store;
    this.isReliable = isReliable;
    this.live = live;
    this.proxies = proxies;
    this.metrics = config.metrics;
    this.clock = config.clock;
    this.maxEventBytes = config.maxEventBytes;
  }

  /** Checks and sends. Blocks until the event is durable. */
  Sent send(Draft draft) {
    return Futures.join(sendAsync(draft), StoreException.class);
  }

  /** Checks and sends. The future completes when the event is durable. */
  CompletableFuture<Sent> sendAsync(Draft draft) {
    check(draft);
    start.run();
    EventStore keeper = store;
    if (keeper == null || !isReliable.test(draft.channel())) {
      return CompletableFuture.completedFuture(sendUnstored(draft));
    }
    Instant asked = clock.instant();
    return keeper
        .append(draft)
        .whenComplete((appended, failure) -> {
          if (failure == null) {
            metrics.stored(Duration.between(asked, clock.instant()));
          } else {
            metrics.sendFailed();
          }
        })
        .thenApply(appended -> {
          Event event = appended.event();
          StreamPosition position =
              StreamPosition.of(Map.of(event.channel(), event.id()), keeper.epoch());
          return new Sent(event.channel(), event.id(), position, appended.isRepeated());
        });
  }

  private Sent sendUnstored(Draft draft) {
    Event event = new Event(
        draft.channel(),
        Event.NO_ID,
        draft.type(),
        draft.data(),
        draft.skipUsers(),
        clock.instant());
    live.offer(event);
    proxies.publish(event);
    metrics.unstored();
    return new Sent(draft.channel(), Event.NO_ID, null, false);
  }

  /**
   * Checks the draft and adds it to the caller's transaction.
   *
   * @throws IllegalArgumentException if the channel is not reliable
   */
  void send(Connection transaction, Draft draft) {
    check(draft);
    start.run();
    if (store == null || !isReliable.test(draft.channel())) {
      throw new IllegalArgumentException("channel \"" + draft.channel()
          + "\" is not reliable; only stored events can be sent in a transaction");
    }
    store.enqueue(transaction, draft);
  }

  /** @throws EventTooLargeException if it is too long on the wire */
  private void check(Draft draft) {
    int skipped = draft.skipUsers().isEmpty() ? 0 : DraftRules.bytes(draft.skipUsers());
    // Each character is at most 3 bytes, and at worst a line of its own behind "data: ".
    if (draft.data().length() <= (maxEventBytes - skipped - 3_000) / 10) {
      return;
    }
    FrameBuffer frame = new FrameBuffer(draft.data().length() + 512);
    Frames.event(frame, draft.type(), null, draft.data());
    if (frame.length() + skipped > maxEventBytes) {
      throw new EventTooLargeException(frame.length() + skipped, maxEventBytes);
    }
  }
}
