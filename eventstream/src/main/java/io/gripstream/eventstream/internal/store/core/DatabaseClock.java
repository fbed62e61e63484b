package io.gripstream.eventstream.internal.store.core;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of a database. The database is asked now and then; in between, the elapsed time is
 * added. So processes on many machines agree on the age of events, even if the clock of a machine
 * is changed. Thread-safe.
 *
 * <p>Some systems do not count the time in which a machine sleeps. After that this clock is behind,
 * and old events stay longer, until the database is asked again.
 */
public final class DatabaseClock extends Clock {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
  private static final Duration REMARKABLE = Duration.ofSeconds(2);

  private final Clock own;
  private final LongSupplier nanos;
  private volatile Reading last;
  private volatile long behindMillis;

  /** @param own the clock until the database has been asked */
  public DatabaseClock(Clock own) {
    this(own, System::nanoTime);
  }

  /** @param nanos measures durations, as {@link System#nanoTime} */
  DatabaseClock(Clock own, LongSupplier nanos) {
    this.own = own;
    this.nanos = nanos;
    this.last = new Reading(own.millis(), nanos.getAsLong());
  }

  /** A question to the database about its time. */
  public interface Question<E extends Exception> {
    /** Its time in milliseconds since 1970. Blocks. */
    long millis() throws E;
  }

  /** Asks the database what the time is. */
  public <E extends Exception> void adjust(Question<E> question) throws E {
    long asked = nanos.getAsLong();
    long theirs = question.millis();
    Reading now = new Reading(theirs, asked + (nanos.getAsLong() - asked) / 2);
    long behind = now.at(nanos.getAsLong()) - own.millis();
    if (Math.abs(behind - behindMillis) > REMARKABLE.toMillis()) {
      LOG.warn(
          "The local clock is {} ms behind the database clock; the database clock is used", behind);
    }
    behindMillis = behind;
    last = now;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public long millis() {
    return last.at(nanos.getAsLong());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("the time of a database has no zone");
  }

  /** A time, and when it was that time. */
  private record Reading(long millis, long nanos) {
    long at(long now) {
      return millis + Math.floorDiv(now - nanos, 1_000_000);
    }
  }
}
