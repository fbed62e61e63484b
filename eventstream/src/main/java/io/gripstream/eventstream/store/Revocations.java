package io.gripstream.eventstream.store;

import java.time.Instant;
import java.util.List;

/**
 * Users who may not read a channel for a while, whatever their token says. Thread-safe; all methods
 * block.
 */
public interface Revocations {
  /** Shuts the user out of the channel until then; replaces an earlier entry for the same two. */
  void revoke(String user, String channel, Instant until);

  /** Lifts it; nothing happens if there is none. */
  void lift(String user, String channel);

  /** All that are in force. */
  List<Revocation> active();

  /** One entry. */
  record Revocation(String user, String channel, Instant until) {}
}
