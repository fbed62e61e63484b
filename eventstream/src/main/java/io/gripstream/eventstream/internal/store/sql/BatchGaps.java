package io.gripstream.eventstream.internal.store.sql;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The progress of a reader of batches. PostgreSQL gives numbers before the commit, so a number may
 * appear after a higher one. Missing numbers are asked for again for a minute; after that they
 * count as rolled back. At most {@value #MOST} are remembered. Not thread-safe.
 */
final class BatchGaps {
  private static final int MOST = 10_000;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final TreeMap<Long, Long> missingSince = new TreeMap<>();
  private long last;

  void startAfter(long batch) {
    missingSince.clear();
    last = batch;
  }

  /** The highest number seen. */
  long last() {
    return last;
  }

  /** The lower numbers that may still appear. */
  List<Long> missing(long nanoTime) {
    Iterator<Long> since = missingSince.values().iterator();
    while (since.hasNext()) {
      if (nanoTime - since.next() > PATIENCE) {
        since.remove();
      }
    }
    return new ArrayList<>(missingSince.keySet());
  }

  void seen(long batch, long nanoTime) {
    missingSince.remove(batch);
    for (long missing = last + 1; missing < batch && missingSince.size() < MOST; missing++) {
      missingSince.put(missing, nanoTime);
    }
    last = Math.max(last, batch);
  }
}
