package io.gripstream.eventstream;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What became of an event that was sent. Immutable and thread-safe. */
public final class Sent {
  private final String channel;
  private final long id;
  private final @Nullable StreamPosition position;
  private final boolean repeated;

  Sent(String channel, long id, @Nullable StreamPosition position, boolean repeated) {
    this.channel = channel;
    this.id = id;
    this.position = position;
    this.repeated = repeated;
  }

  /** Where the event was sent. */
  public String channel() {
    return channel;
  }

  /** Its id, from 1; {@link Event#NO_ID} on an unreliable channel. */
  public long id() {
    return id;
  }

  /**
   * From where a client goes on that has it, and reads this channel only; empty on an unreliable
   * channel.
   */
  public Optional<StreamPosition> position() {
    return Optional.ofNullable(position);
  }

  /** Whether it was there before, under the same idempotency key: the event is the one of then. */
  public boolean repeated() {
    return repeated;
  }
}
