package io.gripstream.eventstream.internal.store.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Confirmed ids that are not written yet, per proxy and channel, as ranges. Beyond
 * {@value #MAX_CURSORS} cursors, or {@value #MAX_RANGES} ranges of one cursor, confirmations are
 * dropped; the proxy then gets an event twice. A range that never joins the cursor is dropped after
 * 60 s. Guarded by itself.
 */
public final class Confirmations {
  private static final int MAX_CURSORS = 100_000;
  private static final int MAX_RANGES = 100;
  private static final long MEMORY_MILLIS = 60_000;

  private final Map<Cursor, Ranges> pending = new HashMap<>();

  public record Cursor(String proxy, String channel) {}

  private record Ranges(TreeMap<Long, Long> lastByFirst, long since) {
    void add(long first, long last) {
      Map.Entry<Long, Long> before = lastByFirst.floorEntry(first);
      boolean joins = before != null && before.getValue() >= first - 1;
      if (!joins && lastByFirst.size() >= MAX_RANGES) {
        return;
      }
      long from = joins ? before.getKey() : first;
      long to = joins ? Math.max(before.getValue(), last) : last;
      Map.Entry<Long, Long> next = lastByFirst.higherEntry(from);
      while (next != null && next.getKey() <= to + 1) {
        to = Math.max(to, next.getValue());
        lastByFirst.remove(next.getKey());
        next = lastByFirst.higherEntry(from);
      }
      lastByFirst.put(from, to);
    }
  }

  /** @throws IllegalArgumentException if the ids are not a range */
  public static void checkRange(long first, long last) {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException(
          "confirmed ids " + first + "…" + last + " are not a range");
    }
  }

  public synchronized void add(Cursor cursor, long first, long last, long now) {
    if (pending.size() >= MAX_CURSORS && !pending.containsKey(cursor)) {
      return;
    }
    pending.computeIfAbsent(cursor, c -> new Ranges(new TreeMap<>(), now)).add(first, last);
  }

  /** The cursors that may advance, after dropping old ranges. */
  public synchronized List<Cursor> cursors(long now) {
    pending.values().removeIf(ranges -> now - ranges.since > MEMORY_MILLIS);
    return List.copyOf(pending.keySet());
  }

  /** How far the cursor advances from {@code confirmed}, with the ranges known here. */
  public synchronized long advanced(Cursor cursor, long confirmed) {
    Ranges ranges = pending.get(cursor);
    if (ranges == null) {
      return confirmed;
    }
    Map.Entry<Long, Long> joining = ranges.lastByFirst.floorEntry(confirmed + 1);
    return joining == null ? confirmed : Math.max(confirmed, joining.getValue());
  }

  /** The cursor has been written up to this id. */
  public synchronized void written(Cursor cursor, long upTo) {
    Ranges ranges = pending.get(cursor);
    if (ranges != null) {
      ranges.lastByFirst.values().removeIf(last -> last <= upTo);
      if (ranges.lastByFirst.isEmpty()) {
        pending.remove(cursor);
      }
    }
  }
}
