package io.gripstream.eventstream.internal.direct;

import java.util.Arrays;

/**
 * Streams in no order; each is in one roster at a time and knows its place there, so that adding
 * and removing cost nothing however many there are. Owned by a loop.
 */
final class Roster {
  private static final Stream[] NONE = {};

  private Stream[] streams = NONE;
  private int size;

  int size() {
    return size;
  }

  /** Who walks from the last to the first may remove the one it is at. */
  Stream get(int slot) {
    return streams[slot];
  }

  void add(Stream stream) {
    if (size == streams.length) {
      streams = Arrays.copyOf(streams, size == 0 ? 1 : size + (size >> 1) + 1);
    }
    streams[size] = stream;
    stream.placed(this, size);
    size++;
  }

  /** Removes the stream at this place: the last one takes it. */
  @SuppressWarnings("NullAway") // the slots behind the last one are empty
  void remove(int slot) {
    size--;
    Stream last = streams[size];
    streams[slot] = last;
    last.placed(this, slot);
    streams[size] = null;
    if (size < streams.length >> 2) {
      streams = size == 0 ? NONE : Arrays.copyOf(streams, size * 2);
    }
  }
}
