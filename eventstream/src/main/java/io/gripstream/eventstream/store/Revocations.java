package io.gripstream.eventstream.store;

import java.time.Instant;
import java.util.List;

/**
 * Users whose rights on channels are revoked for a while, whatever their token says. Thread-safe;
 * all methods block. An entry is kept as it is written: that a channel may be a pattern such as
 * {@code room-*} is for who reads the entries to know.
 */
public interface Revocations {
  /**
   * Shuts the user out of the channel until then; replaces an earlier entry for the same two.
   *
   * @throws IllegalArgumentException if a rule of {@link io.gripstream.eventstream.UserNames} or
   *     {@link io.gripstream.eventstream.ChannelNames} is broken
   */
  void revoke(String user, String channel, Instant until);

  /** Lifts it; nothing happens if there is none. */
  void lift(String user, String channel);

  /** All that are in force. */
  List<Revocation> active();

  /** One entry. */
  record Revocation(String user, String channel, Instant until) {}
}
