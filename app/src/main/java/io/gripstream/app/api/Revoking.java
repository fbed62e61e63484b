package io.gripstream.app.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users whose rights on channels are revoked, on every instance, whatever their tokens say. A
 * channel is a name or a pattern such as {@code room-*}; {@code *} is all channels, and
 * administration too. Thread-safe.
 */
public interface Revoking {
  /** Whether the user may not use the channel now; never for anonymous callers (null). */
  boolean isRevoked(@Nullable String user, String channel);

  /** Whether all rights of the user are revoked now; false for anonymous callers (null). */
  boolean isRevoked(@Nullable String user);

  /**
   * Ends the user's streams on the channel, and refuses new ones until then. Blocks for storage.
   */
  void revoke(String user, String channel, Instant until);

  /** Lifts it; nothing happens if there is none. Blocks for storage. */
  void lift(String user, String channel);

  /** All that are in force, by user and channel. Blocks for storage. */
  List<Entry> list();

  /** One of them. */
  record Entry(String user, String channel, Instant until) {}
}
