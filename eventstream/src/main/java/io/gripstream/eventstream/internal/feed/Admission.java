package io.gripstream.eventstream.internal.feed;

import io.gripstream.eventstream.internal.sse.Condition;
import java.util.List;

/** Whether a stream is granted. */
public sealed interface Admission {
  record Granted(Subscription subscription, Start start) implements Admission {}

  /** @param channels those that are forbidden, else none */
  record Refused(Condition condition, String text, List<String> channels) implements Admission {
    public Refused {
      channels = List.copyOf(channels);
    }
  }

  /** The client comes back although it was told not to: a plain 400. */
  record NotAgain(String text) implements Admission {}
}
