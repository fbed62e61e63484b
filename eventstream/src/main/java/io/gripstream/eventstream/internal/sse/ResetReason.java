package io.gripstream.eventstream.internal.sse;

import java.util.Locale;

/** The reason why a channel's history does not reach back to a client's position. */
public enum ResetReason {
  /** Retention removed an event after it. */
  EXPIRED,
  /** It lies beyond the head, or in another epoch: the client knew another store. */
  UNKNOWN;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
