package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Event;
import java.util.List;
import java.util.Set;

/**
 * A message of a store to its listeners. Kinds may be added: treat an unknown one as
 * {@link Anything}.
 */
public sealed interface Change {
  /** This process stored these events, per channel in order of their ids. */
  record Appended(List<Event> events) implements Change {
    public Appended {
      events = List.copyOf(events);
    }
  }

  /** Another process stored something in these channels. */
  record Channels(Set<String> names) implements Change {
    public Channels {
      names = Set.copyOf(names);
    }
  }

  /** Something may have been stored, in any channel. */
  record Anything() implements Change {}
}
