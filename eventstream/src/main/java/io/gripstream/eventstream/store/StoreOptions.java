package io.gripstream.eventstream.store;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Settings of a store, the same for every backend. Immutable and thread-safe. Begin with
 * {@link #DEFAULT}; each {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * StoreOptions.DEFAULT.withRetention(Retention.of(Duration.ofDays(7))).withTablePrefix("news_")
 * }</pre>
 */
public final class StoreOptions {
  /** All defaults. */
  public static final StoreOptions DEFAULT = new StoreOptions(new Values());

  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,29}");

  /** Never changed after construction. */
  private final Values values;

  private StoreOptions(Values values) {
    this.values = values;
  }

  /** Sets how long events are kept. Default {@link Retention#DEFAULT}. */
  public StoreOptions withRetention(Retention retention) {
    Objects.requireNonNull(retention, "retention");
    return with(copy -> copy.retention = retention);
  }

  /**
   * Sets the prefix of all table names, so that several stores, or other tables, can share a
   * database. Default {@code gripstream_}.
   *
   * @throws IllegalArgumentException if it has other characters than {@code a-z}, digits and
   *     {@code _}, does not begin with a letter, or is longer than 30 characters
   */
  public StoreOptions withTablePrefix(String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException("table prefix \"" + prefix
          + "\" must be 1 to 30 of a-z, 0-9 and _, beginning with a letter");
    }
    return with(copy -> copy.tablePrefix = prefix);
  }

  /** Sets when an event counts as durable. Default {@link Durability#FULL}. */
  public StoreOptions withDurability(Durability durability) {
    Objects.requireNonNull(durability, "durability");
    return with(copy -> copy.durability = durability);
  }

  /**
   * Sets the maximum time that an append waits for locks of other processes, or for a restarting
   * server, before it fails. Default 5 s. A connection to PostgreSQL on which an answer takes 5 s
   * longer than this is given up.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public StoreOptions withBusyTimeout(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("busy timeout " + time + " must be positive");
    }
    return with(copy -> copy.busyTimeout = time);
  }

  /**
   * Sets the maximum number of drafts that wait or are being stored; the next one fails with
   * {@code BUSY}. Independent of this number, they hold at most about 64 MB of data. Default
   * 10,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public StoreOptions withMaxWaiting(int drafts) {
    if (drafts < 1) {
      throw new IllegalArgumentException("max waiting " + drafts + " must be at least 1");
    }
    return with(copy -> copy.maxWaiting = drafts);
  }

  /** Sets the source of time. Default: the system's, which PostgreSQL corrects to its server's. */
  public StoreOptions withClock(Clock clock) {
    Objects.requireNonNull(clock, "clock");
    return with(copy -> copy.clock = clock);
  }

  /** Time and number for which events are kept. */
  public Retention retention() {
    return values.retention;
  }

  /** Prefix of all table names. */
  public String tablePrefix() {
    return values.tablePrefix;
  }

  /** When an event is durable. */
  public Durability durability() {
    return values.durability;
  }

  /** Maximum time that an append waits for locks of other processes. */
  public Duration busyTimeout() {
    return values.busyTimeout;
  }

  /** Maximum number of drafts that wait or are in progress. */
  public int maxWaiting() {
    return values.maxWaiting;
  }

  /** The source of time. */
  public Clock clock() {
    return values.clock;
  }

  private StoreOptions with(Consumer<Values> change) {
    Values copy = new Values(values);
    change.accept(copy);
    return new StoreOptions(copy);
  }

  private static final class Values {
    private Retention retention = Retention.DEFAULT;
    private String tablePrefix = "gripstream_";
    private Durability durability = Durability.FULL;
    private Duration busyTimeout = Duration.ofSeconds(5);
    private int maxWaiting = 10_000;
    private Clock clock = Clock.systemUTC();

    Values() {}

    Values(Values from) {
      retention = from.retention;
      tablePrefix = from.tablePrefix;
      durability = from.durability;
      busyTimeout = from.busyTimeout;
      maxWaiting = from.maxWaiting;
      clock = from.clock;
    }
  }
}
