package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Condition;
import java.util.List;

/** The decision on a stream: granted or refused. */
public sealed interface Admission {
  record Granted(Subscription subscription, Start start) implements Admission {}

  /** @param channels the forbidden ones; empty for other reasons */
  record Refused(Condition condition, String text, List<String> channels) implements Admission {
    public Refused {
      channels = List.copyOf(channels);
    }
  }

  /** The client returned after a final {@code stream-error}: a plain 400. */
  record NotAgain(String text) implements Admission {}
}
