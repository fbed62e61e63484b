package io.gripstream.eventstream.internal.store.core;

import io.gripstream.eventstream.ChannelNames;
import io.gripstream.eventstream.UserNames;

/** Checks the names in a revocation, for every backend. */
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
}
