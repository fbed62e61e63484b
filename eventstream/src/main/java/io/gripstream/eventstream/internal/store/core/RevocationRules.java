package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.UserNames;
import io.gripstream.eventstream.store.Revocations;
import java.time.Instant;

/** Checks the names and the time of a revocation, for every backend. */
public final class RevocationRules {
  private RevocationRules() {}

  /**
   * @throws IllegalArgumentException if a rule of {@link UserNames} or {@link ChannelNames} is
   *     broken; a pattern is as long as a name may be
   */
  public static void check(String user, String channel) {
    UserNames.check(user);
    ChannelNames.checkPattern(channel);
  }

  /** The time to store, see {@link io.gripstream.eventstream.store.Revocations#LATEST}. */
  public static Instant stored(Instant until) {
    if (until.isAfter(Revocations.LATEST)) {
      return Revocations.LATEST;
    }
    return until.isBefore(Instant.EPOCH) ? Instant.EPOCH : until;
  }
}
