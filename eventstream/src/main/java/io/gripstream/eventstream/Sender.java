package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.feed.Live;
import io.gripstream.eventstream.internal.proxied.Proxies;
import io.gripstream.eventstream.internal.sse.FrameBuffer;
import io.gripstream.eventstream.internal.sse.Frames;
import io.gripstream.eventstream.store.Appended;
import io.gripstream.eventstream.store.EventStore;
import io.gripstream.eventstream.store.StoreException;
import io.gripstream.grip.internal.Futures;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks events and passes them to the storage; events of unreliable channels go straight to the
 * streams and proxies of this process. Thread-safe.
 */
final class Sender {
  /** Maximum number of channels of an event of the maximum length. */
  private static final int CHANNELS_AT_FULL_LENGTH = 10;

  private final @Nullable EventStore store;
  private final Predicate<String> isReliable;
  private final Live live;
  private final Proxies proxies;
  private final StreamMetrics metrics;
  private final Clock clock;
  private final int maxEventBytes;
  private final JsonData json;
  private final Runnable start;

  /**
   * @param isReliable whether events of a channel are stored
   * @param start opens storage and proxies unless they are open; called before each event
   */
  Sender(
      StreamSettings settings,
      Predicate<String> isReliable,
      Live live,
      Proxies proxies,
      Runnable start) {
    this.start = start;
    this.store = settings.store;
    this.isReliable = isReliable;
    this.live = live;
    this.proxies = proxies;
    this.metrics = settings.metrics;
    this.clock = settings.clock;
    this.maxEventBytes = settings.maxEventBytes;
    this.json = settings.json;
  }

  /** Checks and sends. Blocks until the event is durable. */
  Sent send(Draft draft) {
    return Futures.join(sendAsync(draft), StoreException.class, InvalidValueException.class);
  }

  /** Checks and sends. The future completes when the event is durable. */
  CompletableFuture<Sent> sendAsync(Draft given) {
    Draft draft = given.written(json);
    check(draft);
    start.run();
    EventStore keeper = store;
    List<String> reliable = keeper == null
        ? List.of()
        : draft.channels().stream().filter(isReliable).toList();
    if (keeper == null || reliable.isEmpty()) {
      draft.channels().forEach(channel -> pass(draft, channel));
      return CompletableFuture.completedFuture(new Sent(ids(draft, Map.of()), null, false));
    }
    long asked = System.nanoTime();
    return keeper
        .append(reliable.size() == draft.channels().size() ? draft : draft.in(reliable))
        .whenComplete((appended, failure) -> {
          if (failure == null) {
            Duration took = Duration.ofNanos(System.nanoTime() - asked);
            appended.events().forEach(event -> metrics.stored(took));
          } else if (!(failure instanceof InvalidValueException)) {
            metrics.sendFailed();
          }
        })
        .thenApply(appended -> sent(draft, appended, keeper.epoch()));
  }

  /** The stored channels are done. Now passes the event to the unreliable ones. */
  private Sent sent(Draft draft, Appended appended, String epoch) {
    Map<String, Long> stored = new HashMap<>();
    appended.events().forEach(event -> stored.put(event.channel(), event.id()));
    if (!appended.isRepeated()) {
      for (String channel : draft.channels()) {
        if (!stored.containsKey(channel)) {
          pass(draft, channel);
        }
      }
    }
    return new Sent(ids(draft, stored), StreamPosition.of(stored, epoch), appended.isRepeated());
  }

  private static Map<String, Long> ids(Draft draft, Map<String, Long> stored) {
    Map<String, Long> ids = new LinkedHashMap<>();
    draft
        .channels()
        .forEach(channel -> ids.put(channel, stored.getOrDefault(channel, Event.NO_ID)));
    return ids;
  }

  /** Passes it to connected clients, in this process and through its proxies. */
  private void pass(Draft draft, String channel) {
    Event event = new Event(
        channel, Event.NO_ID, draft.type(), draft.data(), draft.skippedUsers(), clock.instant());
    live.offer(event);
    proxies.publish(event);
    metrics.unstored();
  }

  /**
   * Checks the draft and adds it to the caller's transaction.
   *
   * @throws IllegalArgumentException if one of its channels is not reliable
   */
  void enqueue(Connection transaction, Draft given) {
    Draft draft = given.written(json);
    check(draft);
    start.run();
    EventStore keeper = store;
    for (String channel : draft.channels()) {
      if (keeper == null || !isReliable.test(channel)) {
        throw new IllegalArgumentException("channel \"" + channel
            + "\" is not reliable; only stored events can be sent in a transaction");
      }
    }
    if (keeper != null) {
      keeper.enqueue(transaction, draft);
    }
  }

  /** @throws EventTooLargeException if it is too long on the wire */
  private void check(Draft draft) {
    int channels = draft.channels().size();
    int most = channels <= CHANNELS_AT_FULL_LENGTH
        ? maxEventBytes
        : (int) ((long) maxEventBytes * CHANNELS_AT_FULL_LENGTH / channels);
    int skipped = draft.skippedUsers().isEmpty() ? 0 : DraftRules.bytes(draft.skippedUsers());
    // Each character has at most 3 bytes, and at worst is one line after "data: ".
    if (draft.data().length() <= (most - skipped - 3_000) / 10) {
      return;
    }
    FrameBuffer frame = new FrameBuffer(draft.data().length() + 512);
    Frames.event(frame, draft.type(), null, draft.data());
    int bytes = frame.length() + skipped;
    if (bytes > maxEventBytes) {
      throw new EventTooLargeException(bytes, maxEventBytes);
    }
    if (bytes > most) {
      throw new EventTooLargeException(bytes, channels, most);
    }
  }
}
