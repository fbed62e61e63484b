package io.gripstream.eventstream;

import io.gripstream.eventstream.internal.text.PositionPair;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A place in the histories of some reliable channels from which a stream can continue: the last
 * seen id of each channel, and the epoch of the storage that gave these ids. Immutable and
 * thread-safe.
 *
 * <p>{@link #toString()} writes it as the SSE {@code id} of a stream, {@link #parse} reads it:
 * {@code CHANNEL:ID} pairs joined by commas, names percent-encoded as by
 * {@link ChannelNames#encode}, and last the epoch as channel {@code .}, such as
 * {@code orders:17,.:kX3v}. Give it to a page, for {@code lastEventId} or {@code Last-Event-ID}.
 */
public final class StreamPosition {
  /** The position of a stream without reliable channels, written as the empty text. */
  public static final StreamPosition EMPTY = new StreamPosition(Map.of(), null);

  private final Map<String, Long> ids;
  private final @Nullable String epoch;

  private StreamPosition(Map<String, Long> ids, @Nullable String epoch) {
    this.ids = Collections.unmodifiableMap(new TreeMap<>(ids));
    this.epoch = epoch;
  }

  /**
   * Makes the position after these events.
   *
   * @param ids the last seen id of each channel; 0: no event seen yet
   * @param epoch of the storage that gave the ids; null: unknown, and the client gets no reset if
   *     the storage was replaced
   * @throws InvalidValueException if a channel name is invalid, an id is negative, or the epoch is
   *     not 1 to 64 letters and digits
   */
  public static StreamPosition of(Map<String, Long> ids, @Nullable String epoch) {
    ids.forEach((channel, id) -> {
      ChannelNames.check(channel);
      if (id < 0) {
        throw new InvalidValueException(
            "position has id " + id + " of channel \"" + channel + "\"; ids begin with 1");
      }
    });
    if (epoch != null && !PositionPair.EPOCH.matcher(epoch).matches()) {
      throw new InvalidValueException(
          "position has epoch \"" + epoch + "\"; an epoch is 1 to 64 letters and digits");
    }
    return ids.isEmpty() ? EMPTY : new StreamPosition(ids, epoch);
  }

  /**
   * Reads the SSE {@code id} of an event. If a channel is named twice, as can happen behind a
   * proxy, the first id applies.
   *
   * @param text empty: {@link #EMPTY}
   * @throws InvalidValueException if it is not a position
   */
  public static StreamPosition parse(String text) {
    Map<String, Long> ids = new TreeMap<>();
    String epoch = null;
    for (String written : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      PositionPair pair = PositionPair.parse(written);
      if (pair instanceof PositionPair.Id id) {
        ids.putIfAbsent(id.channel(), id.id());
      } else if (pair instanceof PositionPair.Epoch named) {
        epoch = named.text();
      } else {
        throw new InvalidValueException("position has \"" + written
            + "\"; it is CHANNEL:ID pairs joined by commas, as the id of an event");
      }
    }
    if (ids.isEmpty() && epoch != null) {
      throw new InvalidValueException("position names no channel");
    }
    return of(ids, epoch);
  }

  /** The last seen id of each channel, sorted by name; 0: no event seen yet. */
  public Map<String, Long> ids() {
    return ids;
  }

  /**
   * The epoch of the storage that gave the ids. In a storage with another epoch the position has no
   * meaning.
   */
  public Optional<String> epoch() {
    return Optional.ofNullable(epoch);
  }

  /** Returns whether it names no channel, so that a stream cannot continue from it. */
  public boolean isEmpty() {
    return ids.isEmpty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StreamPosition that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return ids.hashCode();
  }

  /** The SSE {@code id}: ASCII, empty for {@link #EMPTY}. */
  @Override
  public String toString() {
    String pairs = ids.entrySet().stream()
        .map(id -> ChannelNames.encode(id.getKey()) + ":" + id.getValue())
        .collect(Collectors.joining(","));
    return epoch == null ? pairs : pairs + "," + PositionPair.EPOCH_NAME + ":" + epoch;
  }
}
