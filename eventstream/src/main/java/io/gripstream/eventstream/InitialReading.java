package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.feed.Admission;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Opening;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.Subscription;
import java.util.List;

/**
 * Lets the application read its initial events, and moves the start of the stream to where they
 * were read: what a client is told first, and the events that it gets from then on, belong
 * together. Thread-safe; blocks for storage and the application.
 */
final class InitialReading {
  /** How often the position may move while an application reads, before we make do with it. */
  private static final int ATTEMPTS = 3;

  private final ChannelManager manager;
  private final History history;

  InitialReading(ChannelManager manager, History history) {
    this.manager = manager;
    this.history = history;
  }

  /** @param opening the first bytes of the stream */
  record Beginning(Start start, byte[] opening) {}

  Beginning read(StreamRequest request, Admission.Granted granted) {
    Subscription subscription = granted.subscription();
    Start start = granted.start();
    List<String> channels = start.isNew() ? subscription.channels() : start.startingAnew();
    if (channels.isEmpty()) {
      return beginning(start, InitialEvents.NONE);
    }
    for (int attempt = 1; ; attempt++) {
      InitialEvents initial = manager.initialEvents(request, subscription.user(), channels);
      if (initial.events().isEmpty()) {
        return beginning(start, initial);
      }
      if (!initial.position().isEmpty()) {
        return beginning(history.startAt(subscription, start, initial.position()), initial);
      }
      // Where we stood before they were read: what happened meanwhile may come once more, but it
      // comes.
      if (attempt == ATTEMPTS) {
        return beginning(start, initial);
      }
      Start now = history.startNow(subscription, start);
      if (now.position().equals(start.position())) {
        return beginning(start, initial);
      }
      start = now;
    }
  }

  private static Beginning beginning(Start start, InitialEvents initial) {
    return new Beginning(start, Opening.bytes(start, initial.events()));
  }
}
