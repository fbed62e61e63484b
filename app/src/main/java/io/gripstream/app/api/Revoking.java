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
   *
   * @throws io.gripstream.eventstream.store.TooManyRevocationsException if there are as many as
   *     there may be
   */
  void revoke(String user, String channel, Instant until);

  /** Lifts it; nothing happens if there is none. Blocks for storage. */
  void lift(String user, String channel);

  /**
   * Those that are in force, by user and channel. Blocks for storage.
   *
   * @param user of whom; null: of all
   * @param most how many at most, from the beginning
   */
  List<Entry> list(@Nullable String user, int most);

  /** One of them. */
  record Entry(String user, String channel, Instant until) {}
}
