package io.gripstream.eventstream.store;

import io.gripstream.eventstream.Event;

/**
 * The maximum of one read: a number of events, and roughly a number of bytes of them (UTF-8). Both
 * at least 1.
 */
public record PageLimit(int events, int bytes) {
  /** A page that is cheap to hold in memory. */
  public static final PageLimit DEFAULT = new PageLimit(1_000, 1_000_000);

  /** Memory for each user that an event skips, besides the name, in bytes. */
  public static final int USER_BYTES = 64;

  public PageLimit {
    if (events < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "page limit " + events + " events, " + bytes + " bytes: each must be at least 1");
    }
  }

  /** Size of an event: about the memory that it takes. */
  public static long weight(Event event) {
    long weight = (long) event.type().length() + event.data().length();
    for (String user : event.skippedUsers()) {
      weight += USER_BYTES + user.length();
    }
    return weight;
  }
}
