package io.gripstream.eventstream;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of sending an event. Immutable and thread-safe. */
public final class Sent {
  private final String channel;
  private final long id;
  private final @Nullable StreamPosition position;
  private final boolean isRepeated;

  Sent(String channel, long id, @Nullable StreamPosition position, boolean isRepeated) {
    this.channel = channel;
    this.id = id;
    this.position = position;
    this.isRepeated = isRepeated;
  }

  /** The channel. */
  public String channel() {
    return channel;
  }

  /** Its id, from 1; {@link Event#NO_ID} on an unreliable channel. */
  public long id() {
    return id;
  }

  /**
   * The position after this event, for a client that reads this channel only; empty on an
   * unreliable channel.
   */
  public Optional<StreamPosition> position() {
    return Optional.ofNullable(position);
  }

  /**
   * Whether the event already existed, under the same idempotency key. The id is that of the first
   * event.
   */
  public boolean isRepeated() {
    return isRepeated;
  }
}
