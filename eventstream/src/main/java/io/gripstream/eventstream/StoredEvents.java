package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.HistoryPages;
import io.gripstream.eventstream.internal.feed.Subscription;
import io.gripstream.eventstream.internal.feed.VisiblePage;
import io.gripstream.eventstream.store.EventStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads and removes stored events for the application itself, not for a stream. Checks arguments.
 * Thread-safe; every method blocks for storage.
 */
final class StoredEvents {
  private static final int MAX_PAGE = 1_000;

  private final @Nullable EventStore store;
  private final History history;
  private final int maxChannels;
  private final Predicate<String> isReliable;
  private final Runnable start;

  /**
   * @param maxChannels maximum number of channels of a position
   * @param start opens the storage unless it is open
   */
  StoredEvents(
      @Nullable EventStore store,
      History history,
      int maxChannels,
      Predicate<String> isReliable,
      Runnable start) {
    this.store = store;
    this.history = history;
    this.maxChannels = maxChannels;
    this.isReliable = isReliable;
    this.start = start;
  }

  StreamPosition position(Collection<String> channels) {
    Set<String> different = new TreeSet<>(channels);
    if (different.size() > maxChannels) {
      throw new InvalidValueException("a position of " + different.size()
          + " channels: a stream may have " + maxChannels + " (maxChannels)");
    }
    different.forEach(ChannelNames::check);
    start.run();
    List<String> reliable = different.stream().filter(isReliable).toList();
    return history
        .head(new Subscription(null, reliable, List.of(), false, null))
        .toPublic();
  }

  Optional<HistoryPage> after(String channel, @Nullable String user, long after, int limit) {
    ChannelNames.check(channel);
    if (after < 0 || limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException("history after " + after + ", limit " + limit
          + ": after must not be negative, limit must be from 1 to " + MAX_PAGE);
    }
    start.run();
    return store != null && isReliable.test(channel)
        ? Optional.of(page(new HistoryPages(store).page(channel, user, after, limit)))
        : Optional.empty();
  }

  Optional<HistoryPage> last(String channel, @Nullable String user, int count) {
    ChannelNames.check(channel);
    if (count < 1 || count > MAX_PAGE) {
      throw new IllegalArgumentException(
          "last " + count + " events: must be from 1 to " + MAX_PAGE);
    }
    start.run();
    return store != null && isReliable.test(channel)
        ? Optional.of(page(new HistoryPages(store).last(channel, user, count)))
        : Optional.empty();
  }

  private static HistoryPage page(VisiblePage read) {
    return new HistoryPage(
        read.events(), read.next(), read.head().last(), read.head().trimmed());
  }

  /** @return the id up to which no event is left */
  long forget(String channel, long upTo) {
    ChannelNames.check(channel);
    if (upTo < 1) {
      throw new IllegalArgumentException("forget up to id " + upTo + ": ids begin with 1");
    }
    start.run();
    return store == null ? 0 : store.forget(channel, upTo).trimmed();
  }
}
