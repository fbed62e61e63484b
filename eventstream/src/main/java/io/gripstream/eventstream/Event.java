package io.gripstream.eventstream;

import java.time.Instant;
import java.util.Set;

/**
 * One event of a channel, as it was accepted.
 *
 * @param channel the channel's name
 * @param id 1, 2, 3, … without a gap in each reliable channel; {@link #NO_ID} on an unreliable
 *     channel
 * @param type the SSE event type
 * @param data the payload, any text; it is split into lines when it is written
 * @param skippedUsers the users that it skips, live and in the history
 * @param at time of acceptance, precise to the millisecond
 */
public record Event(
    String channel, long id, String type, String data, Set<String> skippedUsers, Instant at) {
  /** Id of an event that is not stored. */
  public static final long NO_ID = 0;

  public Event {
    skippedUsers = Set.copyOf(skippedUsers);
  }

  /** Returns whether the event is stored in its channel's history. */
  public boolean isStored() {
    return id != NO_ID;
  }
}
