package io.gripstream.app.api;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The recently used channels of this process, which the console offers. Bounded: the least recently
 * used one is forgotten first. Thread-safe.
 */
public final class RecentChannels {
  private static final int MOST = 100;

  /** The beginning of names that the server and doctor use for their own tests. */
  private static final String OWN = "gripstream/";

  private final Clock clock;
  private final Map<String, Instant> used = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
      return size() > MOST;
    }
  };

  public RecentChannels(Clock clock) {
    this.clock = clock;
  }

  /** The channel had an event, or a client opened a stream of it. */
  public void used(String channel) {
    if (channel.startsWith(OWN)) {
      return;
    }
    Instant now = clock.instant();
    synchronized (used) {
      used.put(channel, now);
    }
  }

  /** All of them, the one used last at the end. */
  Map<String, Instant> all() {
    synchronized (used) {
      return new LinkedHashMap<>(used);
    }
  }
}
