package io.gripstream.eventstream.internal.proxied;

import io.gripstream.eventstream.internal.feed.Subscription;
import java.time.Duration;
import java.time.Instant;

/**
 * After how long without an event a proxy asks again. Shared links are few, so they may be followed
 * often; personal ones are as many as there are users, of which Pushpin asks for ten a second
 * (GRIP.md 0.2), so they are long and spread.
 */
final class LinkTimeouts {
  private static final Duration SHARED = Duration.ofSeconds(120);

  /** Nothing can be missed: it is there for a proxy that is told to ask. */
  private static final Duration UNRELIABLE = Duration.ofSeconds(3_600);

  private static final Duration PERSONAL = Duration.ofSeconds(3_600);
  private static final int SPREAD_SECONDS = 600;

  private static final Duration SHARED_RETRY = Duration.ofSeconds(10);
  private static final Duration PERSONAL_RETRY = Duration.ofSeconds(120);

  private LinkTimeouts() {}

  /** While storage does not answer. Ten personal ones a second are what it can take. */
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
    // One second late rather than early: then the answer is that it has expired.
    Duration left = Duration.between(now, until).plusSeconds(1);
    return left.compareTo(timeout) < 0
        ? Duration.ofSeconds(Math.max(1, left.toSeconds()))
        : timeout;
  }
}
