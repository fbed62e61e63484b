package io.gripstream.eventstream.internal.proxied;

import java.util.Iterator;
import java.util.LinkedHashSet;

/**
 * Remembers recently closed sessions: an HTTP client may send a request twice if its connection
 * breaks, and the application gets one call per end. Thread-safe.
 */
final class LatelyClosed {
  private static final int MOST = 10_000;

  private final LinkedHashSet<String> ids = new LinkedHashSet<>();

  /** Returns whether this is the first time that it closes. */
  synchronized boolean add(String id) {
    if (!ids.add(id)) {
      return false;
    }
    if (ids.size() > MOST) {
      Iterator<String> oldest = ids.iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }
}
