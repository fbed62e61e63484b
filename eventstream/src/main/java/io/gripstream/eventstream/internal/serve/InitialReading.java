package io.gripstream.eventstream.internal.serve;

import io.gripstream.eventstream.ChannelManager;
import io.gripstream.eventstream.InitialEvents;
import io.gripstream.eventstream.StreamRequest;
import io.gripstream.eventstream.internal.feed.Admission;
import io.gripstream.eventstream.internal.feed.History;
import io.gripstream.eventstream.internal.feed.Start;
import io.gripstream.eventstream.internal.feed.StreamStart;
import io.gripstream.eventstream.internal.feed.Subscription;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets the application read its initial events, and moves the start of the stream to their
 * position, so that the following events fit them. Thread-safe; blocks for storage and the
 * application.
 */
public final class InitialReading {
  /** Number of attempts to find a position that does not move while the application reads. */
  private static final int ATTEMPTS = 3;

  private final ChannelManager manager;
  private final History history;
  private final Function<@Nullable Object, String> text;

  /** @param text writes the data of initial events */
  public InitialReading(
      ChannelManager manager, History history, Function<@Nullable Object, String> text) {
    this.manager = manager;
    this.history = history;
    this.text = text;
  }

  /** @param rewind maximum number of past events of a channel with which a new stream begins */
  StreamStart read(StreamRequest request, Admission.Granted granted, ToIntFunction<String> rewind) {
    Subscription subscription = granted.subscription();
    Start start = granted.start();
    List<String> channels = start.isNew() ? subscription.channels() : start.startingAnew();
    if (channels.isEmpty()) {
      return StreamStart.of(subscription, start);
    }
    for (int attempt = 1; ; attempt++) {
      InitialEvents initial = manager.initialEvents(request, subscription.user(), channels);
      if (initial.events().isEmpty()) {
        return start(subscription, start, initial, rewind);
      }
      if (initial.position().isPresent()) {
        return start(
            subscription,
            history.startAt(subscription, start, initial.position().get()),
            initial,
            rewind);
      }
      // The position before the application read them: events during the read may come twice, but
      // none is missed.
      if (attempt == ATTEMPTS) {
        return start(subscription, start, initial, rewind);
      }
      Start now = history.startNow(subscription, start);
      if (now.position().equals(start.position())) {
        return start(subscription, start, initial, rewind);
      }
      start = now;
    }
  }

  private StreamStart start(
      Subscription subscription, Start start, InitialEvents initial, ToIntFunction<String> rewind) {
    Start from = start.isNew() ? history.rewound(subscription, start, rewind) : start;
    return StreamStart.of(subscription, from, initial.events(), text);
  }
}
