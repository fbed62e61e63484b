package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.Draft;
import io.gripstream.eventstream.Event;
import java.time.Instant;

/** Makes an event of one channel from a draft. */
public final class NewEvent {
  private NewEvent() {}

  /** @param at time of acceptance in milliseconds since 1970 */
  public static Event of(Draft draft, String channel, long id, long at) {
    return new Event(
        channel, id, draft.type(), draft.data(), draft.skippedUsers(), Instant.ofEpochMilli(at));
  }
}
