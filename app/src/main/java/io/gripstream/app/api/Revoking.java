package io.gripstream.app.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users whose rights on channels are revoked, on every instance, whatever their tokens say. A
 * channel is a name or a pattern such as {@code room-*}; {@code *} means all channels and
 * administration. Thread-safe.
 */
public interface Revoking {
  /** Returns whether the user may not use the channel now; false for anonymous callers (null). */
  boolean isRevoked(@Nullable String user, String channel);

  /** Returns whether all rights of the user are revoked now; false for anonymous callers (null). */
  boolean isRevoked(@Nullable String user);

  /**
   * Ends the user's streams on the channel, and refuses new ones until then. Blocks for storage.
   *
   * @throws io.gripstream.eventstream.store.TooManyRevocationsException if the maximum number is in
   *     force
   */
  void revoke(String user, String channel, Instant until);

  /** Lifts a revocation. Does nothing if there is none. Blocks for storage. */
  void lift(String user, String channel);

  /**
   * The entries in force, sorted by user and channel. Blocks for storage.
   *
   * @param user null: all users
   * @param most maximum number of entries, from the beginning
   */
  List<Entry> list(@Nullable String user, int most);

  /** One of them. */
  record Entry(String user, String channel, Instant until) {}
}
