package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import io.gripstream.eventstream.InvalidValueException;
import io.gripstream.eventstream.store.Appended;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The result of one draft in a committed transaction. */
public sealed interface Outcome {
  /** It is stored, now or before. */
  record Accepted(Appended appended) implements Outcome {}

  /** Nothing of it was stored; its sender gets the reason. */
  record Refused(InvalidValueException why) implements Outcome {}

  /** New events, in the order of the draft's channels. */
  static Outcome stored(List<Event> events) {
    return new Accepted(new Appended(events, false));
  }

  /**
   * The result of a draft with an idempotency key.
   *
   * @param known the events that the key stands for, by channel
   * @return null if there is none: the draft is new
   */
  static @Nullable Outcome repeated(Draft draft, Map<String, Event> known) {
    if (known.isEmpty()) {
      return null;
    }
    List<Event> events = new ArrayList<>(known.size());
    List<String> others = new ArrayList<>();
    for (String channel : draft.channels()) {
      Event event = known.get(channel);
      if (event == null) {
        others.add(channel);
      } else {
        events.add(event);
      }
    }
    return others.isEmpty()
        ? new Accepted(new Appended(events, true))
        : new Refused(new InvalidValueException("the idempotency key was used before on channel \""
            + events.get(0).channel() + "\", but not on \"" + others.get(0)
            + "\"; repeat an event on the channels that it had, or use another key"));
  }
}
