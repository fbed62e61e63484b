package io.gripstream.eventstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of sending an event. Immutable and thread-safe. */
public final class Sent {
  private final Map<String, Long> ids;
  private final @Nullable StreamPosition position;
  private final boolean isRepeated;

  Sent(Map<String, Long> ids, @Nullable StreamPosition position, boolean isRepeated) {
    this.ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
    this.position = position;
    this.isRepeated = isRepeated;
  }

  /**
   * Its id in each channel, from 1, in the order of the draft's channels; {@link Event#NO_ID} on an
   * unreliable channel. Unmodifiable.
   */
  public Map<String, Long> ids() {
    return ids;
  }

  /**
   * The only channel to which it was sent.
   *
   * @throws IllegalStateException if there are several: see {@link #ids}
   */
  public String channel() {
    return only().getKey();
  }

  /**
   * Its id, from 1; {@link Event#NO_ID} on an unreliable channel.
   *
   * @throws IllegalStateException if there are several channels: see {@link #ids}
   */
  public long id() {
    return only().getValue();
  }

  private Map.Entry<String, Long> only() {
    if (ids.size() > 1) {
      throw new IllegalStateException(
          "the event was sent to " + ids.size() + " channels and has an id in each: use ids()");
    }
    return ids.entrySet().iterator().next();
  }

  /**
   * The position after this event, for a client that reads these channels only; empty if none of
   * them is reliable.
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
