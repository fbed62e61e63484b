package io.gripstream.app.api;

import java.time.Instant;

/** Shuts users out of channels, on every instance. Thread-safe; blocks for storage. */
public interface Revoking {
  /** Ends the user's streams on the channel, and refuses new ones until then. */
  void revoke(String user, String channel, Instant until);

  /** Lifts it; nothing happens if there is none. */
  void lift(String user, String channel);
}
