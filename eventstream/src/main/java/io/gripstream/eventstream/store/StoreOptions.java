package io.gripstream.eventstream.store;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * How a store behaves; the same words for every backend. Immutable and thread-safe; begin with
 * {@link #DEFAULT}, and each {@code with…} returns a changed copy.
 *
 * <pre>{@code
 * StoreOptions.DEFAULT.withRetention(Retention.of(Duration.ofDays(7))).withTablePrefix("news_")
 * }</pre>
 */
public final class StoreOptions {
  /** All defaults. */
  public static final StoreOptions DEFAULT = new StoreOptions(new Values());

  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,29}");

  /** Changed before it gets here, never afterwards. */
  private final Values values;

  private StoreOptions(Values values) {
    this.values = values;
  }

  /** A copy that keeps events for this long. Default {@link Retention#DEFAULT}. */
  public StoreOptions withRetention(Retention retention) {
    Objects.requireNonNull(retention, "retention");
    return with(copy -> copy.retention = retention);
  }

  /**
   * A copy in which the names of all tables begin with this, so that they can share a database with
   * others. Default {@code gripstream_}.
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

  /** A copy that calls an event durable at this point. Default {@link Durability#FULL}. */
  public StoreOptions withDurability(Durability durability) {
    Objects.requireNonNull(durability, "durability");
    return with(copy -> copy.durability = durability);
  }

  /**
   * A copy in which an append waits this long for locks of others, or for a server that restarts,
   * before it fails. Default 5 s.
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
   * A copy with this limit of drafts that wait or are being stored; one more fails with
   * {@code BUSY}. Whatever their number, they hold at most about 64 MB of data. Default 10,000.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public StoreOptions withMaxWaiting(int drafts) {
    if (drafts < 1) {
      throw new IllegalArgumentException("max waiting " + drafts + " must be at least 1");
    }
    return with(copy -> copy.maxWaiting = drafts);
  }

  /**
   * A copy that takes the time here. Default: the system's, which PostgreSQL corrects to its
   * server's.
   */
  public StoreOptions withClock(Clock clock) {
    Objects.requireNonNull(clock, "clock");
    return with(copy -> copy.clock = clock);
  }

  /** How long events are kept. */
  public Retention retention() {
    return values.retention;
  }

  /** What the names of all tables begin with. */
  public String tablePrefix() {
    return values.tablePrefix;
  }

  /** When an event is durable. */
  public Durability durability() {
    return values.durability;
  }

  /** How long an append waits for others. */
  public Duration busyTimeout() {
    return values.busyTimeout;
  }

  /** How many drafts may wait or be under way. */
  public int maxWaiting() {
    return values.maxWaiting;
  }

  /** Tells the time. */
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
