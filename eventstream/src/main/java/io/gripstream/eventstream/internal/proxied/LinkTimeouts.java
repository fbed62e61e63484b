package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.internal.feed.Subscription;
import java.time.Duration;
import java.time.Instant;

/**
 * The time that a proxy waits without an event before it asks again. Shared links are few, so their
 * time is short. There is one personal link per user, and Pushpin follows ten links a second, so
 * their times are long and spread.
 */
final class LinkTimeouts {
  private static final Duration SHARED = Duration.ofSeconds(120);

  /** No event can be missed: the link only exists for hints and recovery. */
  private static final Duration UNRELIABLE = Duration.ofSeconds(3_600);

  private static final Duration PERSONAL = Duration.ofSeconds(3_600);
  private static final int SPREAD_SECONDS = 600;

  private static final Duration SHARED_RETRY = Duration.ofSeconds(10);
  private static final Duration PERSONAL_RETRY = Duration.ofSeconds(120);

  private LinkTimeouts() {}

  /** While storage does not answer. A proxy asks for ten personal links a second. */
  static Duration retry(Subscription subscription) {
    String user = subscription.user();
    return !subscription.isPersonal()
        ? SHARED_RETRY
        : PERSONAL_RETRY.plusSeconds(
            user == null ? 0 : Math.floorMod(user.hashCode(), SPREAD_SECONDS));
  }

  static Duration of(Subscription subscription, Instant now) {
    String user = subscription.user();
    Instant until = subscription.until();
    Duration shared = subscription.reliable().isEmpty() ? UNRELIABLE : SHARED;
    Duration timeout = !subscription.isPersonal()
        ? shared
        : PERSONAL.minusSeconds(user == null ? 0 : Math.floorMod(user.hashCode(), SPREAD_SECONDS));
    if (until == null) {
      return timeout;
    }
    // One second late rather than early: the answer is then that it has expired.
    Duration left = Duration.between(now, until).plusSeconds(1);
    return left.compareTo(timeout) < 0
        ? Duration.ofSeconds(Math.max(1, left.toSeconds()))
        : timeout;
  }
}
