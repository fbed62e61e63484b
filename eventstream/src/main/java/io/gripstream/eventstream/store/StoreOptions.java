package io.gripstream.eventstream.store;

import java.time.Clock;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How a store behaves; the same words for every backend. Immutable.
 *
 * @param retention how long events are kept; default {@link Retention#DEFAULT}
 * @param tablePrefix what the names of all tables begin with, so that they can share a database
 *     with others; default {@code gripstream_}; lower-case letters, digits and {@code _}, first a
 *     letter, at most 30 characters
 * @param durability default {@link Durability#FULL}
 * @param busyTimeout how long an append waits for others' locks, or for a server that restarts,
 *     before it fails; default 5 s
 * @param maxWaiting how many drafts may wait or be under way; one more fails with {@code BUSY};
 *     default 10,000. Whatever their number, they hold at most about 64 MB of data.
 * @param clock what the time is; default the system's, which PostgreSQL corrects to its server's
 */
public record StoreOptions(
    Retention retention,
    String tablePrefix,
    Durability durability,
    Duration busyTimeout,
    int maxWaiting,
    Clock clock) {
  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,29}");

  /** Every default. */
  public static final StoreOptions DEFAULT = new StoreOptions(
      Retention.DEFAULT,
      "gripstream_",
      Durability.FULL,
      Duration.ofSeconds(5),
      10_000,
      Clock.systemUTC());

  /** @throws IllegalArgumentException if a rule above is broken */
  public StoreOptions {
    if (!PREFIX.matcher(tablePrefix).matches()) {
      throw new IllegalArgumentException("table prefix \"" + tablePrefix
          + "\" must be 1 to 30 of a-z, 0-9 and _, beginning with a letter");
    }
    if (busyTimeout.isNegative() || busyTimeout.isZero()) {
      throw new IllegalArgumentException("busy timeout " + busyTimeout + " must be positive");
    }
    if (maxWaiting < 1) {
      throw new IllegalArgumentException("max waiting " + maxWaiting + " must be at least 1");
    }
  }

  public StoreOptions withRetention(Retention value) {
    return new StoreOptions(value, tablePrefix, durability, busyTimeout, maxWaiting, clock);
  }

  public StoreOptions withTablePrefix(String value) {
    return new StoreOptions(retention, value, durability, busyTimeout, maxWaiting, clock);
  }

  public StoreOptions withDurability(Durability value) {
    return new StoreOptions(retention, tablePrefix, value, busyTimeout, maxWaiting, clock);
  }

  public StoreOptions withBusyTimeout(Duration value) {
    return new StoreOptions(retention, tablePrefix, durability, value, maxWaiting, clock);
  }

  public StoreOptions withMaxWaiting(int value) {
    return new StoreOptions(retention, tablePrefix, durability, busyTimeout, value, clock);
  }

  public StoreOptions withClock(Clock value) {
    return new StoreOptions(retention, tablePrefix, durability, busyTimeout, maxWaiting, value);
  }
}
