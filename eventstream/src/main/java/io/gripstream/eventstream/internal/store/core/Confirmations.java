package io.gripstream.eventstream.internal.store.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Confirmed ids that are not written yet, per proxy and channel, as ranges. Beyond
 * {@value #MAX_CURSORS} cursors, or {@value #MAX_RANGES} ranges of one cursor, confirmations are
 * dropped; the proxy then gets an event twice. A range to which nothing was added for 60 s is
 * dropped: the cursor will not reach it. Guarded by itself.
 */
public final class Confirmations {
  private static final int MAX_CURSORS = 100_000;
  private static final int MAX_RANGES = 100;
  private static final long MEMORY_MILLIS = 60_000;

  private final Map<Cursor, Ranges> pending = new HashMap<>();

  public record Cursor(String proxy, String channel) {}

  /**
   * Confirmed ids.
   *
   * @param at when its newest part was confirmed
   */
  private record Range(long last, long at) {}

  private static final class Ranges {
    final TreeMap<Long, Range> byFirst = new TreeMap<>();

    void add(long first, long last, long now) {
      Map.Entry<Long, Range> before = byFirst.floorEntry(first);
      boolean joins = before != null && before.getValue().last >= first - 1;
      if (!joins && byFirst.size() >= MAX_RANGES) {
        return;
      }
      long from = joins ? before.getKey() : first;
      long to = joins ? Math.max(before.getValue().last, last) : last;
      Map.Entry<Long, Range> next = byFirst.higherEntry(from);
      while (next != null && next.getKey() <= to + 1) {
        to = Math.max(to, next.getValue().last);
        byFirst.remove(next.getKey());
        next = byFirst.higherEntry(from);
      }
      byFirst.put(from, new Range(to, now));
    }

    void removeIf(Predicate<Range> done) {
      byFirst.values().removeIf(done);
    }

    boolean isEmpty() {
      return byFirst.isEmpty();
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
    pending.computeIfAbsent(cursor, c -> new Ranges()).add(first, last, now);
  }

  /** The cursors that may advance, after dropping old ranges. */
  public synchronized List<Cursor> cursors(long now) {
    pending.values().forEach(ranges -> ranges.removeIf(range -> now - range.at > MEMORY_MILLIS));
    pending.values().removeIf(Ranges::isEmpty);
    return List.copyOf(pending.keySet());
  }

  /** How far the cursor advances from {@code confirmed}, with the ranges known here. */
  public synchronized long advanced(Cursor cursor, long confirmed) {
    Ranges ranges = pending.get(cursor);
    if (ranges == null) {
      return confirmed;
    }
    Map.Entry<Long, Range> joining = ranges.byFirst.floorEntry(confirmed + 1);
    return joining == null ? confirmed : Math.max(confirmed, joining.getValue().last);
  }

  /** The cursor has been written up to this id. */
  public synchronized void written(Cursor cursor, long upTo) {
    Ranges ranges = pending.get(cursor);
    if (ranges != null) {
      ranges.removeIf(range -> range.last <= upTo);
      if (ranges.isEmpty()) {
        pending.remove(cursor);
      }
    }
  }
}
