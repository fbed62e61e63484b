package io.gripstream.eventstream.internal.sse;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.StreamPosition;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A position of a stream: the last id of each of its reliable channels, and the store's epoch. The
 * content of an SSE {@code id} field. Immutable.
 */
public final class Position {
  /** Number of digits of {@link Long#MAX_VALUE}. */
  private static final int MAX_ID_DIGITS = 19;

  private final Written written;
  private final long[] ids;

  private Position(Written written, long[] ids) {
    this.written = written;
    this.ids = ids;
  }

  /** @param ids an id per reliable channel; channels are sorted by name */
  public static Position of(Map<String, Long> ids, String epoch) {
    TreeMap<String, Long> sorted = new TreeMap<>(ids);
    long[] values = new long[sorted.size()];
    int i = 0;
    for (long id : sorted.values()) {
      values[i++] = id;
    }
    return new Position(Written.of(List.copyOf(sorted.keySet()), epoch), values);
  }

  /** The reliable channels, sorted by name. */
  public List<String> channels() {
    return written.channels;
  }

  public String epoch() {
    return written.epoch;
  }

  /** Returns whether there is no reliable channel, and so nothing to resume. */
  public boolean isEmpty() {
    return ids.length == 0;
  }

  public boolean has(String channel) {
    return written.indexOf(channel) >= 0;
  }

  /** @throws IllegalArgumentException if the channel is not in this position */
  public long id(String channel) {
    return ids[index(channel)];
  }

  /** Returns this position with another id for one channel. */
  public Position with(String channel, long id) {
    long[] changed = ids.clone();
    changed[index(channel)] = id;
    return new Position(written, changed);
  }

  /**
   * Returns whether every channel has at least the id of the other position. Both must have the
   * same channels.
   */
  public boolean reaches(Position other) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < other.ids[i]) {
        return false;
      }
    }
    return true;
  }

  /** The written form, ASCII: {@code a:5,b%20c:7,.:EPOCH}; empty for an empty position. */
  public String encode() {
    if (ids.length == 0) {
      return "";
    }
    StringBuilder out = new StringBuilder(written.length + 8 * ids.length);
    for (int i = 0; i < ids.length; i++) {
      out.append(written.prefixes[i]).append(ids[i]);
    }
    return out.append(written.suffix).toString();
  }

  /** The same position in the public type. */
  public StreamPosition toPublic() {
    if (isEmpty()) {
      return StreamPosition.EMPTY;
    }
    Map<String, Long> byChannel = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      byChannel.put(written.channels.get(i), ids[i]);
    }
    return StreamPosition.of(byChannel, written.epoch);
  }

  /** The part of one channel in a written position, ASCII: {@code b%20c:7}. */
  public static String pair(String channel, long id) {
    return ChannelNames.encode(channel) + ":" + id;
  }

  /**
   * Maximum length in bytes of the written form for clients of these channels. Behind a proxy, the
   * id of an event on a stream of several channels begins with the event's pair, and contains that
   * channel once more.
   */
  public int maxEncodedBytes() {
    int longest = 0;
    for (String prefix : written.prefixes) {
      longest = Math.max(longest, prefix.length());
    }
    int ownPair = ids.length > 1 ? longest + MAX_ID_DIGITS + 1 : 0;
    return written.length + MAX_ID_DIGITS * ids.length + ownPair;
  }

  private int index(String channel) {
    int index = written.indexOf(channel);
    if (index < 0) {
      throw new IllegalArgumentException(
          "channel \"" + channel + "\" is not in position " + encode());
    }
    return index;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Position that
        && Arrays.equals(ids, that.ids)
        && written.channels.equals(that.written.channels)
        && written.epoch.equals(that.written.epoch);
  }

  @Override
  public int hashCode() {
    return 31 * written.channels.hashCode() + Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return encode();
  }

  /** The parts of the written form that all positions of one channel set share. */
  private record Written(
      List<String> channels, String epoch, String[] prefixes, String suffix, int length) {
    static Written of(List<String> channels, String epoch) {
      String[] prefixes = new String[channels.size()];
      String suffix = ",.:" + epoch;
      int length = suffix.length();
      for (int i = 0; i < prefixes.length; i++) {
        prefixes[i] = (i == 0 ? "" : ",") + ChannelNames.encode(channels.get(i)) + ":";
        length += prefixes[i].length();
      }
      return new Written(channels, epoch, prefixes, suffix, length);
    }

    /** Streams have few channels: a scan is faster than a search. */
    int indexOf(String channel) {
      return channels.indexOf(channel);
    }
  }
}
